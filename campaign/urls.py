"""Every address of the portal. Each floor keeps its own list; this joins them."""

from django.urls import include, path

from campaign import views, views_goals, views_tasks
from portal.ui.admin import console

urlpatterns = [
    path("", views.home, name="home"),
    path("text-size/", views.text_size, name="text_size"),
    path("dashboard/", views.dashboard_page, name="dashboard"),
    path("tasks/", views_tasks.task_list, name="task_list"),
    path("tasks/new/", views_tasks.task_new, name="task_new"),
    path("tasks/gantt/", views_tasks.task_gantt, name="task_gantt"),
    path("tasks/<int:pk>/", views_tasks.task, name="task"),
    path("tasks/<int:pk>/report/", views_tasks.task_report, name="task_report"),
    path("tasks/<int:pk>/reports/<int:report>/files/", views_tasks.task_file_new, name="task_file_new"),
    path("tasks/<int:pk>/milestones/<int:milestone>/", views_tasks.task_reach, name="task_reach"),
    path("tasks/<int:pk>/files/<int:file>/", views_tasks.task_file, name="task_file"),
    path("tasks/<int:pk>/files/<int:file>/original/", views_tasks.task_original, name="task_original"),
    path("tasks/<int:pk>/office/<slug:verb>/", views_tasks.task_verb, name="task_verb"),
    path("tasks/<int:pk>/unit/<slug:verb>/", views_tasks.task_act, name="task_act"),
    path("goals/", views_goals.goal_list, name="goal_list"),
    path("goals/new/", views_goals.goal_new, name="goal_new"),
    path("goals/<int:pk>/", views_goals.goal, name="goal"),
    path("goals/<int:pk>/change/", views_goals.goal_change, name="goal_change"),
    path("goals/<int:pk>/value/", views_goals.goal_value, name="goal_value"),
    path("goals/<int:pk>/withdraw/", views_goals.goal_withdraw, name="goal_withdraw"),
    path("leading-group/", views_goals.leading_group_page, name="leading_group"),
    path("leading-group/new/", views_goals.member_new, name="member_new"),
    path("leading-group/<int:pk>/", views_goals.member_change, name="member_change"),
    path("messages/undelivered/", views.undelivered_page, name="undelivered"),
    path("console/", console.urls),
    path("api/v1/", include("campaign.api_urls")),
    path("", include("portal.audit.urls")),
    path("", include("portal.documents.urls")),
    path("", include("portal.exports.urls")),
    path("", include("portal.holidays.urls")),
    path("", include("portal.messages.urls")),
    path("", include("portal.reference.urls")),
    path("", include("portal.tenancy.urls")),
    path("", include("enterprises.urls")),
    path("", include("hazards.urls")),
    path("", include("inspections.urls")),
    path("", include("accountability.urls")),
]
