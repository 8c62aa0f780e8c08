from django.urls import path

from hazards.views import hazards, lists, notices, reminders
from hazards.views.evidence import evidence, evidence_original

urlpatterns = [
    path("hazards/", lists.hazard_list, name="hazard_list"),
    path("hazards/<int:pk>/", hazards.hazard, name="hazard"),
    path("hazards/<int:pk>/submit/", hazards.hazard_submit, name="hazard_submit"),
    path("hazards/<int:pk>/recheck/", hazards.hazard_recheck, name="hazard_recheck"),
    path("hazards/<int:pk>/confirm/", hazards.hazard_confirm, name="hazard_confirm"),
    path("hazards/<int:pk>/reopen/", hazards.hazard_reopen, name="hazard_reopen"),
    path("hazards/<int:pk>/void/", hazards.hazard_void, name="hazard_void"),
    path("reminders/", reminders.reminder_list, name="reminder_list"),
    path("reminders/plan/", reminders.plan_list, name="plan_list"),
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
