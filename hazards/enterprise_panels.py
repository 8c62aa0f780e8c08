"""The hazards and notices sections of an enterprise's page."""

from django.template.loader import render_to_string

from enterprises.panels import register
from hazards.models import Hazard, Notice, Suspension
from hazards.queries.repeats import marked
from hazards.queries.selfchecks import checks_of

SHOWN = 10


def hazards(enterprise) -> str:
    rows = list(Hazard.objects.filter(enterprise=enterprise).order_by("-id")[:SHOWN])
    context = {"hazards": rows, "enterprise": enterprise, "repeats": marked(rows)}
    return render_to_string("hazards/panel.html", context)


def notices(enterprise) -> str:
    rows = list(Notice.objects.filter(enterprise=enterprise).defer("content").order_by("-id")[:SHOWN])
    return render_to_string("hazards/notice_panel.html", {"notices": rows, "enterprise": enterprise})


def suspensions(enterprise) -> str:
    rows = list(Suspension.objects.filter(enterprise=enterprise)[:SHOWN])
    return render_to_string("hazards/suspension_panel.html", {"suspensions": rows, "enterprise": enterprise})


def selfchecks(enterprise) -> str:
    return render_to_string("hazards/selfcheck_panel.html", {"checks": checks_of(enterprise), "enterprise": enterprise})


def register_panels() -> None:
    register("隐患", 20, "hazards.view", hazards)
    register("企业自查", 25, "selfchecks.view", selfchecks)
    register("整改文书", 30, "notices.view", notices)
    register("停产停业", 40, "suspensions.view", suspensions)
