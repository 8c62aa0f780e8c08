"""系统外录入: the results of a year that was not scored here, so that the first year too stands beside the one before.

They are entered with the document they are taken from, seen by whom they are about, and never changed: entered anew, the
newest stands and the older ones stay.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accountability.models import PastScore, PastYear, SubjectKind, YearScore
from accountability.queries.score_subjects import Subject, subjects
from accountability.rules_past import BadResult, results_in
from enterprises.models import Enterprise
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece, who


def typed(text: str) -> list[tuple[str, Decimal, str]]:
    """What is pasted on the page. Raises BadInput."""
    try:
        return results_in(text)
    except BadResult as fault:
        raise BadInput(str(fault), field="results") from fault


@in_one_piece
def enter_past(year: int, subject_kind: str, results: Sequence[tuple[str, Decimal, str]], basis: str) -> PastYear:
    """`results`: (name, total, band) of each. Raises BadInput, Refused where the year is scored here."""
    demand("scores.past")
    if subject_kind not in SubjectKind.values:
        raise BadInput("请选择考核对象：区县、市级部门或企业。", field="subject_kind")
    if not 2000 <= year < timezone.localdate().year:
        raise BadInput("只能录入往年的结果，请填写四位数的年度。", field="year")
    if YearScore.objects.filter(year=year, subject_kind=subject_kind).exists():
        raise Refused(f"{year}年度{SubjectKind(subject_kind).label}考核已在门户建立，以门户的为准，不能再录入。")
    if not basis.strip():
        raise BadInput("请写明结果出自哪份文件，如“市安委办〔2026〕3号考核通报”。", field="basis")
    everybody = subjects(subject_kind)
    those = known(subject_kind, results, everybody)
    made = PastYear.objects.create(
        year=year,
        subject_kind=subject_kind,
        basis=basis.strip(),
        whole=len(those) == len(everybody),
        by_name=who().person_name,
    )
    places: dict[Decimal, int] = {}
    for n, total in enumerate(sorted((total for _, total, _ in results), reverse=True), 1):
        places.setdefault(total, n)
    whose = columns(subject_kind, [those[name] for name, _, _ in results])
    PastScore.objects.bulk_create(
        [
            PastScore(
                past=made,
                subject_id=those[name].pk,
                name=name,
                total=total,
                grade=grade,
                rank=places[total],
                **whose[those[name].pk],
            )
            for name, total, grade in results
        ],
        batch_size=1000,
    )
    audit("scores.past", made, {"basis": made.basis, "subjects": len(results)})
    return made


def known(
    subject_kind: str, results: Sequence[tuple[str, Decimal, str]], everybody: Sequence[Subject]
) -> dict[str, Subject]:
    """Name → whom it names; each once, and each one of `everybody`. Raises BadInput."""
    if not results:
        raise BadInput("请填写至少一个考核对象的结果。", field="results")
    if twice := next((name for name, n in Counter(name for name, _, _ in results).items() if n > 1), None):
        raise BadInput(f"“{twice}”填了两次，请只留一行。", field="results")
    if rest := next((name for name, _, grade in results if not grade.strip()), None):
        raise BadInput(f"请填写“{rest}”的等次。", field="results")
    wanted = {name for name, _, _ in results}
    found = [one for one in everybody if one.name in wanted]
    those = {one.name: one for one in found}
    if unknown := sorted(wanted - set(those)):
        raise BadInput(
            f"没有名为“{unknown[0]}”的{SubjectKind(subject_kind).label}"
            + (f"，另有{len(unknown) - 1}个名称也对不上" if len(unknown) > 1 else "")
            + "。请改成门户里的名称；已撤并的不录。",
            field="results",
        )
    if len(found) > len(those):
        same = next(name for name, n in Counter(one.name for one in found).items() if n > 1)
        raise BadInput(f"台账里不止一家“{same}”，分不清是哪一家，请先合并重复的企业。", field="results")
    return those


def columns(subject_kind: str, those: Sequence[Subject]) -> dict[int, dict[str, Any]]:
    """Subject → whose its row is, which is what the wall goes by."""
    if subject_kind == SubjectKind.DISTRICT:
        return {one.pk: {"district_id": one.pk} for one in those}
    if subject_kind == SubjectKind.DEPARTMENT:
        return {one.pk: {"sector": one.sectors[0] if one.sectors else ""} for one in those}
    rows = Enterprise.objects.filter(pk__in=[one.pk for one in those]).values_list("pk", "district_id", "sector")
    return {pk: {"enterprise_id": pk, "district_id": district, "sector": sector} for pk, district, sector in rows}
