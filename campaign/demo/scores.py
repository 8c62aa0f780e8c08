"""The demo city's year-end scores: the districts' as a draft, the enterprises' up to yesterday announced, with an objection."""

from datetime import date, timedelta
from decimal import Decimal

from accountability.actions import scores
from accountability.models import Score
from campaign.demo.history import History
from enterprises.models import Enterprise
from portal.tenancy.models import District
from portal.tenancy.scope import enter


def reckoned(kind: str, until: date):
    year = scores.open_year(until.year, kind, until=until)
    return scores.keep(year.pk, scores.read(kind, year.template.body, year.since, year.until))


def score_the_year(history: History, tried: Enterprise, today: date) -> None:
    with enter(history.office):
        draft = scores.open_year(today.year, "district")
        first, *rest = District.objects.all()
        scores.enter(draft.pk, "training", first.pk, Decimal(46), Decimal(50), "江南区2026年培训演练台账（第3号）")
        scores.enter(draft.pk, "leadership", rest[0].pk, Decimal(1), None, "带队检查记录缺第三季度一次")
        scores.keep(draft.pk, scores.read("district", draft.template.body, draft.since, draft.until))
        scores.announce(reckoned("enterprise", today - timedelta(days=1)).pk)
    with enter(history.officers[tried.pk]):
        own = Score.objects.get(subject_id=tried.pk)
        scores.object_to(own.pk, "on_time", "其中一条隐患因设备到货延误，已书面申请延期，请核实。")
