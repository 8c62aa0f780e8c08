from django.urls import path

from accountability import views, views_scores

urlpatterns = [
    path("leads/", views.lead_list, name="lead_list"),
    path("leads/<int:pk>/check/", views.lead_check, name="lead_check"),
    path("scores/", views_scores.score_years, name="score_years"),
    path("scores/new/", views_scores.score_open, name="score_open"),
    path("scores/templates/", views_scores.score_templates, name="score_templates"),
    path("scores/templates/<int:pk>/", views_scores.score_template, name="score_template"),
    path("scores/templates/new/<str:kind>/", views_scores.score_template_new, name="score_template_new"),
    path("scores/<int:pk>/", views_scores.score_year, name="score_year"),
    path("scores/<int:pk>/reckon/", views_scores.score_reckon, name="score_reckon"),
    path("scores/<int:pk>/announce/", views_scores.score_announce, name="score_announce"),
    path("scores/<int:pk>/recall/", views_scores.score_recall, name="score_recall"),
    path("scores/<int:pk>/finish/", views_scores.score_finish, name="score_finish"),
    path("scores/<int:pk>/export/", views_scores.score_export, name="score_export"),
    path("scores/<int:pk>/manual/", views_scores.score_manual, name="score_manual"),
    path("scores/manual/<int:pk>/second/", views_scores.manual_second, name="manual_second"),
    path("scores/of/<int:pk>/", views_scores.score, name="score"),
    path("scores/of/<int:pk>/object/", views_scores.score_object, name="score_object"),
    path("scores/of/<int:pk>/<slug:key>/", views_scores.score_records, name="score_records"),
    path("scores/objections/<int:pk>/decide/", views_scores.objection_decide, name="objection_decide"),
]
