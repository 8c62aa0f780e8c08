"""评估问题处理: each problem of a report becomes a hazard and goes into a notice in the same act, or is declined with a reason.

And the reminder of those that wait.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hazards.actions.evidence import add_evidence
from hazards.actions.moves import record_hazards
from hazards.actions.notices import Order, issue_notice
from hazards.models import Evidence, Level, Notice
from hazards.rules_selfcheck import newest_step
from inspections.actions.assessments import State, held
from inspections.models_assessments import Assessment, AssessmentAnswer, AssessmentPhoto
from portal.audit.record import note as audit
from portal.files import store
from portal.legaldays import Deadline
from portal.messages.actions import Draft, post_digests
from portal.messages.circles import CIRCLES, HEARD_BY
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.scope import current_tenant_id, in_one_piece, who

SOURCE = "assessment"
LINES = 10


@dataclass(frozen=True)
class Taking:
    """What is demanded of one problem."""

    deadline: Deadline
    requirement: str
    level: str


@in_one_piece
def take_problems(
    assessment_id: int, taken: Mapping[int, Taking], declined: Mapping[int, str], second_id: int | None
) -> Notice | None:
    """Decide on every open problem of a report at once; the keys are the answers' numbers. Returns the notice, where one went out.

    None is lost: one that is neither taken nor declined with a reason refuses the whole. Raises BadInput, Refused.
    """
    assessment = held(assessment_id, "assessments.take")
    if assessment.state != State.FINISHED:
        raise IllegalMove("评估报告出具之后才能处理其中的问题。")
    undecided = {one.pk: one for one in assessment.answers.undecided().select_for_update(of=("self",)).order_by("pk")}
    if not undecided:
        raise Refused("这份报告的问题都已经处理过了。")
    if not {*taken, *declined} <= set(undecided):
        raise Refused("有问题刚刚被他人处理过，请刷新页面，按最新情况处理。")
    if both := set(taken) & set(declined):
        raise BadInput(f"“{undecided[min(both)].words[:20]}”不能既立案又不予立案。")
    reasons = {number: reason.strip()[:300] for number, reason in declined.items()}
    for number, problem in undecided.items():
        if number not in taken and not reasons.get(number):
            raise BadInput(
                f"“{problem.words[:20]}”：请勾选立案，或写明不予立案的理由，一个问题也不能遗漏。",
                field=f"p{number}-reason",
            )
    notice = into_notice(assessment, [(undecided[number], taken[number]) for number in sorted(taken)], second_id)
    now = timezone.now()
    for number, problem in undecided.items():
        problem.declined = reasons.get(number, "")
        problem.decided_by_name, problem.decided_at = who().person_name, now
    fields = ["hazard", "declined", "decided_by_name", "decided_at"]
    AssessmentAnswer.objects.bulk_update(undecided.values(), fields)
    told = {"taken": sorted(taken), "declined": {undecided[n].code: r for n, r in reasons.items()}}
    audit("assessments.take", assessment, told | {"notice": notice.number if notice else ""})
    return notice


def into_notice(
    assessment: Assessment, taken: list[tuple[AssessmentAnswer, Taking]], second_id: int | None
) -> Notice | None:
    if not taken:
        return None
    if fault := next((problem for problem, taking in taken if taking.level not in Level.values), None):
        raise BadInput(f"“{fault.words[:20]}”：请选择隐患级别。", field=f"p{fault.pk}-level")
    hazards = record_hazards(
        assessment.enterprise,
        [
            {
                "description": problem.words,
                "level": taking.level,
                "accident_type": problem.accident_type,
                "basis": problem.basis,
                "place": problem.place,
                # An item that covers several of the checklist's is none of them.
                "item_code": problem.covers[0] if len(problem.covers) == 1 else "",
                "found_on": assessment.reported_on,
            }
            for problem, taking in taken
        ],
        source_kind=SOURCE,
        source_id=assessment.pk,
    )
    photos: dict[str, list[AssessmentPhoto]] = {}
    for photo in assessment.photos.filter(code__in=[problem.code for problem, _ in taken]):
        photos.setdefault(photo.code, []).append(photo)
    for (problem, _), hazard in zip(taken, hazards, strict=True):
        problem.hazard = hazard
        for photo in photos.get(problem.code, []):
            picture = ContentFile(store.open_kept(photo.digest), name=photo.filename)
            add_evidence(picture, enterprise=assessment.enterprise, phase=Evidence.Phase.FOUND, hazard=hazard)
    orders = [
        Order(hazard.pk, taking.deadline, taking.requirement)
        for (_, taking), hazard in zip(taken, hazards, strict=True)
    ]
    return issue_notice(orders, second_id)


# --- reminders ------------------------------------------------------------------------------------------------------

WAITING = """
    item AS (
        SELECT a.id, a.enterprise_id, a.district_id, a.reported_on AS due, l.step, count(*) AS problems,
               CASE WHEN l.step > 0 THEN ARRAY['district', 'office'] ELSE ARRAY['district'] END AS told,
               e.name || '：评估报告有' || count(*) || '个问题未处理' AS line
          FROM inspections_assessment a JOIN ladder l ON l.due = a.reported_on
          JOIN inspections_assessmentanswer p ON p.assessment_id = a.id
               AND p.verdict = 'problem' AND p.hazard_id IS NULL AND p.declined = ''
          JOIN enterprises_enterprise e ON e.id = a.enterprise_id
         WHERE a.state = 'finished'
         GROUP BY a.id, a.enterprise_id, a.district_id, a.reported_on, l.step, e.name)"""

UNSAID = f"""
    WITH ladder AS (SELECT * FROM unnest(%(dues)s::date[], %(steps)s::int[]) AS l (due, step)), {CIRCLES}, {WAITING},
    heard AS (
        SELECT DISTINCT f.id, c.person_id
          FROM item f CROSS JOIN unnest(f.told) AS t (name)
    {HEARD_BY}
    )
    SELECT h.person_id, p.email <> '', sum(i.problems)::int, max(%(as_of)s - i.due)::int,
           jsonb_agg(jsonb_build_array(i.id, i.step, i.due, i.line) ORDER BY i.due, i.id)::text
      FROM heard h JOIN item i USING (id) JOIN tenancy_person p ON p.id = h.person_id
     WHERE NOT EXISTS (
               SELECT FROM messaging_reminder r
                WHERE r.subject_kind = '{SOURCE}' AND r.subject_id = i.id AND r.person_id = h.person_id
                  AND r.subject_round = to_char(i.due, 'YYYY-MM-DD') AND r.step = i.step)
     GROUP BY 1, 2"""  # noqa: S608 - constants alone

SAID = f"""
    INSERT INTO messaging_reminder
           (tenant_id, subject_kind, subject_id, subject_round, step, person_id, channel, line, link, due_on, sent_at, message_id)
    SELECT %(tenant)s, '{SOURCE}', s.id, to_char(s.due, 'YYYY-MM-DD'), s.step, s.person, s.channel, left(s.line, 300),
           %(page)s || s.id || '/take/', s.due + s.step, %(now)s, s.message
      FROM unnest(%(ids)s::bigint[], %(steps)s::int[], %(dues)s::date[], %(lines)s::text[], %(people)s::bigint[],
                  %(channels)s::text[], %(messages)s::bigint[]) AS s (id, step, due, line, person, channel, message)
        ON CONFLICT DO NOTHING"""  # noqa: S608 - constants alone


def remind(as_of: date | None = None) -> int:
    """The district hears of problems that wait from the day of the report, the office from the next step on; one digest a
    person and day. What is to be said is worked out from what has been said, as with certificates. City scope only."""
    demand("assessments.remind")
    as_of = as_of or timezone.localdate()
    reported = Assessment.objects.with_undecided().filter(state=State.FINISHED, undecided__gt=0)
    days = sorted(set(reported.order_by().values_list("reported_on", flat=True)))
    ladder = [(day, step) for day in days if day <= as_of and (step := newest_step((as_of - day).days)) is not None]
    if not ladder:
        return 0
    dues, steps = (list(column) for column in zip(*ladder, strict=True))
    drafts, unsaid = [], {}
    with connection.cursor() as cursor:
        cursor.execute(UNSAID, {"dues": dues, "steps": steps, "as_of": as_of})
        for person, has_email, problems, longest, items in cursor.fetchall():
            lines = json.loads(items)
            title = f"评估问题待处理{problems}个，最长已等{longest}天"
            body = "\n".join(f"· {line}（报告{due}）" for _, _, due, line in lines[:LINES])
            if len(lines) > LINES:
                body += f"\n其余{len(lines) - LINES}份报告请打开列表查看。"
            for channel in ("in_app", "email") if has_email else ("in_app",):
                drafts.append(Draft(person, channel, title, body, reverse("problem_list"), urgent=longest > 0))
                unsaid[person, channel] = lines
        posted = post_digests(f"assessments:{as_of}", drafts)
        rows = [
            (number, step, due, line, person, channel, message)
            for (person, channel), message in posted.items()
            for number, step, due, line in unsaid[person, channel]
        ]
        if rows:
            names = ("ids", "steps", "dues", "lines", "people", "channels", "messages")
            columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
            page = reverse("assessment_list")
            cursor.execute(SAID, columns | {"tenant": current_tenant_id(), "now": timezone.now(), "page": page})
    return len(posted)
