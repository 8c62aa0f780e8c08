"""What one worker process of the documents' case does; it starts bare, so Django is set up inside."""

import time
from collections import defaultdict
from datetime import date, timedelta


def issue_all(tenant_id: int, name: str, districts: list[int]) -> tuple[int, float]:
    """Every recorded hazard of these districts, a notice a plant; each in a transaction of its own.

    How many, and the seconds of a processor this process took for them.
    """
    import django

    django.setup()
    from hazards.actions.notices import Order, deadline_for, issue_notice
    from hazards.models import Hazard
    from portal.tenancy.login import who_in
    from portal.tenancy.models import Posting
    from portal.tenancy.scope import enter, tenant_scope

    issued = 0
    for district in districts:
        with tenant_scope(tenant_id, name):
            pair = list(
                Posting.objects.filter(role="inspector", district_id=district).order_by("pk").values(
                    "id", "tenant_id", "role", "person_id", "organisation_id", "district_id", "enterprise_id", "sectors", "leads"
                )[:2]
            )  # fmt: skip
            plants = defaultdict(list)
            for plant, hazard in Hazard.objects.filter(district_id=district).values_list("enterprise_id", "pk"):
                plants[plant].append(hazard)
        person = who_in(pair[0], name, "测")
        for hazards in plants.values():
            with enter(person):
                deadline = deadline_for(due=date.today() + timedelta(days=15))
                issue_notice([Order(pk, deadline, "立即投用该联锁") for pk in hazards], pair[1]["person_id"])
                issued += 1
    return issued, time.process_time()
