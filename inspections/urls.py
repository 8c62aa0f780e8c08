from django.urls import path

from inspections import views, views_schemes

urlpatterns = [
    path("visits/", views.visit_list, name="visit_list"),
    path("visits/new/", views.visit_start, name="visit_start"),
    path("visits/due/", views.visit_due, name="visit_due"),
    path("visits/pick/enterprise/", views.pick_enterprise, name="pick_enterprise"),
    path("visits/pick/inspector/", views.pick_inspector, name="pick_inspector"),
    path("visits/<int:pk>/", views.visit, name="visit"),
    path("visits/<int:pk>/answers/<str:code>/", views.visit_answer, name="visit_answer"),
    path("visits/<int:pk>/photos/<str:code>/", views.visit_photo, name="visit_photo"),
    path("visits/<int:pk>/photos/<int:evidence>/aside/", views.visit_photo_aside, name="visit_photo_aside"),
    path("visits/<int:pk>/extra/", views.visit_extra, name="visit_extra"),
    path("visits/<int:pk>/finish/", views.visit_finish, name="visit_finish"),
    path("visits/<int:pk>/abandon/", views.visit_abandon, name="visit_abandon"),
    path("visits/<int:pk>/record/", views_schemes.visit_record, name="visit_record"),
    path("visits/schemes/", views_schemes.scheme_list, name="scheme_list"),
    path("enterprises/<int:pk>/schemes/new/", views_schemes.scheme_new, name="scheme_new"),
    path("visits/schemes/<int:pk>/", views_schemes.scheme, name="scheme"),
    path("visits/schemes/<int:pk>/edit/", views_schemes.scheme_edit, name="scheme_edit"),
    path("visits/schemes/<int:pk>/decide/", views_schemes.scheme_decide, name="scheme_decide"),
    path("visits/schemes/<int:pk>/withdraw/", views_schemes.scheme_withdraw, name="scheme_withdraw"),
    path("visits/schemes/<int:pk>/pdf/", views_schemes.scheme_pdf, name="scheme_pdf"),
]
