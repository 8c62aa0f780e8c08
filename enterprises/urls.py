from django.urls import path

from enterprises.views import ledger

urlpatterns = [
    path("enterprises/", ledger.enterprise_list, name="enterprise_list"),
    path("enterprises/imports/", ledger.import_list, name="import_list"),
    path("enterprises/imports/new/", ledger.import_new, name="import_new"),
    path("enterprises/imports/<int:pk>/", ledger.import_detail, name="import_detail"),
    path("enterprises/imports/<int:pk>/mapping/", ledger.import_mapping, name="import_mapping"),
    path("enterprises/imports/<int:pk>/confirm/", ledger.import_confirm, name="import_confirm"),
    path("enterprises/imports/<int:pk>/progress/", ledger.import_progress, name="import_progress"),
    path("enterprises/imports/<int:pk>/rejected/", ledger.import_rejected, name="import_rejected"),
    path("enterprises/<int:pk>/", ledger.enterprise, name="enterprise"),
    path("enterprises/<int:pk>/edit/", ledger.enterprise_edit, name="enterprise_edit"),
    path("enterprises/<int:pk>/grade/", ledger.enterprise_grade, name="enterprise_grade"),
]
