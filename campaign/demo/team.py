"""队伍建设 in the demo city: certificates that end, training hours, and a commendation that waits for the office."""

from datetime import date, timedelta
from decimal import Decimal

from inspections.actions import team as verbs
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import Who, enter, tenant_scope

COURSES = [
    ("危险化学品安全法专题培训", Decimal(16), "省应急管理厅", 200),
    ("重大危险源现场检查要点", Decimal(8), "市应急管理局", 95),
    ("执法文书与证据固定", Decimal("4.5"), "区县自行组织", 20),
]
GROUNDS = "今年主办检查次数全区最多，发现并督促整改多处重大隐患，复查按期完成，带教新进执法人员两名。"


def keep_team(office: Who, leader: Who, until: date) -> None:
    with enter(office):
        people = list(
            Posting.objects.current().filter(role="inspector").order_by("pk").values_list("person_id", flat=True)
        )
    with tenant_scope(office.tenant_id, office.tenant_name, scope="sysadmin"):
        for place, person in enumerate(people):
            ends = until + timedelta(days=40 if place == 1 else 400 + 90 * place)
            Person.objects.filter(pk=person).update(certificate_until=ends)
    with enter(office):
        for place, person in enumerate(people):
            for subject, hours, source, ago in COURSES[: 1 + place % len(COURSES)]:
                on = max(until - timedelta(days=ago), until.replace(month=1, day=1))
                verbs.enter_training(person, {"on": on, "subject": subject, "hours": hours, "source": source})
    with enter(leader):
        mine = Posting.objects.current().filter(role="inspector", organisation_id=leader.organisation_id, leads=False)
        proposed = mine.order_by("pk").values_list("person_id", flat=True)[0]
        verbs.propose(proposed, GROUNDS, until.replace(month=1, day=1), until)
