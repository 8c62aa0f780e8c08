"""The demo city's year-end scores: the districts' a draft beside last year's from paper, the enterprises' announced, with an objection."""

from datetime import date, timedelta
from decimal import Decimal

from accountability.actions import scores
from accountability.actions.past_scores import enter_past
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
        # Scored on paper, before there was a portal.
        past = zip(District.objects.all(), (91, 86, 88, 72, 93), ("优秀", "良好", "良好", "合格", "优秀"), strict=True)
        results = [(one.name, Decimal(points), grade) for one, points, grade in past]
        enter_past(today.year - 1, "district", results, f"市安委办关于{today.year - 1}年度安全生产考核情况的通报")
        scores.keep(draft.pk, scores.read("district", draft.template.body, draft.since, draft.until))
        scores.announce(reckoned("enterprise", today - timedelta(days=1)).pk)
    with enter(history.officers[tried.pk]):
        own = Score.objects.get(subject_id=tried.pk)
        scores.object_to(own.pk, "on_time", "其中一条隐患因设备到货延误，已书面申请延期，请核实。")
