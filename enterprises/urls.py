from django.urls import path

from enterprises.views import ledger, units

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
    path("enterprises/<int:pk>/units/", units.enterprise_units, name="enterprise_units"),
    path("enterprises/<int:pk>/units/new/", units.unit_new, name="unit_new"),
    path("enterprises/<int:pk>/population/", units.population, name="population"),
    path("units/", units.unit_list, name="unit_list"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit_edit"),
    path("units/<int:pk>/what-if/", units.unit_what_if, name="unit_what_if"),
    path("units/<int:pk>/holdings/new/", units.holding_new, name="holding_new"),
    path("units/<int:pk>/processes/new/", units.process_new, name="process_new"),
    path("holdings/<int:pk>/edit/", units.holding_edit, name="holding_edit"),
    path("holdings/<int:pk>/remove/", units.holding_remove, name="holding_remove"),
    path("holdings/<int:pk>/assign/", units.holding_assign, name="holding_assign"),
    path("processes/<int:pk>/remove/", units.process_remove, name="process_remove"),
    path("enterprises/<int:pk>/grade/", ledger.enterprise_grade, name="enterprise_grade"),
]
