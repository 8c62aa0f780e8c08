"""检查频次: the office says how often a grade is visited, from a day on."""

from datetime import date

from django.utils import timezone

from inspections import rules
from inspections.models import FrequencySetting
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput
from portal.tenancy.scope import in_one_piece, who


@in_one_piece
def set_frequency(*, grade: str, visits_a_year: int, from_day: date, reason: str) -> FrequencySetting:
    """设定频次. Never for a day that is over: what was due then stays as it was. Raises BadInput."""
    demand("plans.frequency")
    if grade not in FrequencySetting.Of.values:
        raise BadInput("请选择风险等级。", field="grade")
    if visits_a_year not in rules.TIMES:
        raise BadInput("每年次数须为1、2、4、6或12，才能均分到各月。", field="visits_a_year")
    if from_day < timezone.localdate():
        raise BadInput("起始日期不能早于今天：已经过去的日子按当时的频次计算。", field="from_day")
    if not reason.strip():
        raise BadInput("请写明调整的理由或文件依据。", field="reason")
    made = FrequencySetting.objects.create(
        grade=grade,
        visits_a_year=visits_a_year,
        from_day=from_day,
        reason=reason.strip()[:300],
        by_name=who().person_name,
    )
    told = {"grade": grade, "visits_a_year": visits_a_year, "from": from_day.isoformat(), "reason": made.reason}
    audit("plans.frequency", made, told, label=made.get_grade_display())
    return made
