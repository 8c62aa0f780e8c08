from django.urls import path

from hazards.views import acts, hazards, lists, many, notices, suspensions
from hazards.views.evidence import evidence, evidence_original

urlpatterns = [
    path("hazards/", lists.hazard_list, name="hazard_list"),
    path("hazards/<int:pk>/", hazards.hazard, name="hazard"),
    path("hazards/<int:pk>/submit/", hazards.hazard_submit, name="hazard_submit"),
    path("hazards/<int:pk>/recheck/", hazards.hazard_recheck, name="hazard_recheck"),
    path("hazards/<int:pk>/confirm/", hazards.hazard_confirm, name="hazard_confirm"),
    path("hazards/<int:pk>/reopen/", hazards.hazard_reopen, name="hazard_reopen"),
    path("hazards/<int:pk>/void/", hazards.hazard_void, name="hazard_void"),
    path("hazards/<int:pk>/plan/", acts.hazard_plan, name="hazard_plan"),
    path("hazards/<int:pk>/extension/ask/", acts.hazard_ask, name="hazard_ask"),
    path("hazards/<int:pk>/extension/withdraw/", acts.hazard_withdraw, name="hazard_withdraw"),
    path("hazards/<int:pk>/extension/answer/", acts.hazard_answer, name="hazard_answer"),
    path("hazards/<int:pk>/extension/correct/", acts.hazard_correct, name="hazard_correct"),
    path("hazards/<int:pk>/supervise/", acts.hazard_supervise, name="hazard_supervise"),
    path("hazards/<int:pk>/unsupervise/", acts.hazard_unsupervise, name="hazard_unsupervise"),
    path("hazards/<int:pk>/transfer/", acts.hazard_transfer, name="hazard_transfer"),
    path("hazards/<int:pk>/suspend/", acts.hazard_suspend, name="hazard_suspend"),
    path("hazards/bulk/", many.hazard_bulk, name="hazard_bulk"),
    path("hazards/bulk/run/", many.hazard_bulk_run, name="hazard_bulk_run"),
    path("suspensions/", suspensions.suspension_list, name="suspension_list"),
    path("suspensions/<int:pk>/", suspensions.suspension, name="suspension"),
    path("suspensions/<int:pk>/lift/", suspensions.suspension_lift, name="suspension_lift"),
    path("enterprises/<int:pk>/suspend/", suspensions.suspension_order, name="suspension_order"),
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
