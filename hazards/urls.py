from django.urls import path

from hazards.views import desk, hazards, lists, notices
from hazards.views import sample as samples
from hazards.views.evidence import evidence, evidence_original
from hazards.views.labels import labels
from hazards.views.work import work

urlpatterns = [
    path("todo/", work, name="own_work"),
    path("labels/", labels, name="labels"),
    path("hazards/", lists.hazard_list, name="hazard_list"),
    path("hazards/<int:pk>/", hazards.hazard, name="hazard"),
    path("hazards/<int:pk>/submit/", hazards.hazard_submit, name="hazard_submit"),
    path("hazards/<int:pk>/recheck/", hazards.hazard_recheck, name="hazard_recheck"),
    path("hazards/<int:pk>/confirm/", hazards.hazard_confirm, name="hazard_confirm"),
    path("hazards/<int:pk>/reopen/", hazards.hazard_reopen, name="hazard_reopen"),
    path("hazards/<int:pk>/void/", hazards.hazard_void, name="hazard_void"),
    path("desk/", desk.desk, name="desk"),
    path("desk/<int:pk>/", desk.desk_decide, name="desk_decide"),
    path("desk/confirm/", desk.confirm_desk, name="confirm_desk"),
    path("desk/confirm/<int:pk>/", desk.confirm_desk_decide, name="confirm_desk_decide"),
    path("desk/templates/", desk.reason_templates, name="reason_templates"),
    path("samples/", samples.sample_list, name="sample_list"),
    path("samples/new/", samples.sample_new, name="sample_new"),
    path("samples/<int:pk>/", samples.sample, name="sample"),
    path("samples/<int:pk>/pool/", samples.sample_pool, name="sample_pool"),
    path("samples/items/", samples.sample_items, name="sample_items"),
    path("samples/items/<int:pk>/", samples.sample_item, name="sample_item"),
    path("notices/", lists.notice_list, name="notice_list"),
    path("notices/new/", notices.notice_issue, name="notice_issue"),
    path("notices/deadline/", notices.deadline_preview, name="deadline_preview"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/pdf/", notices.notice_pdf, name="notice_pdf"),
    path("notices/<int:pk>/acknowledge/", notices.notice_acknowledge, name="notice_acknowledge"),
    path("notices/<int:pk>/refusal/", notices.notice_refusal, name="notice_refusal"),
    path("verify/<str:code>/", notices.verify, name="verify"),
    path("evidence/<int:pk>/", evidence, name="evidence"),
    path("evidence/<int:pk>/original/", evidence_original, name="evidence_original"),
]
