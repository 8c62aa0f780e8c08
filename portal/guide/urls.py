from django.urls import path

from portal.guide import views

urlpatterns = [
    path("manual/", views.manual, name="manual"),
    path("manual/<slug:kind>/", views.manual_chapter, name="manual_chapter"),
]
