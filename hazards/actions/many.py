"""批量办理 of hazards: which verbs there are (portal.bulk does them). Rechecks are not among them: every one is looked at."""

from hazards import rules
from hazards.actions import moves, supervision, transfers
from hazards.models import Hazard
from portal.bulk import Bulk, Verb

BULK = Bulk(
    "hazards.bulk",
    lambda: Hazard.objects.select_related("enterprise"),
    "隐患",
    "条",
    {
        name: Verb(rules.VERBS[name], permission, act)
        for name, permission, act in (
            ("return", "hazards.recheck", lambda pk, told: moves.send_back(pk, told["note"])),
            (
                "transfer",
                "hazards.transfer",
                lambda pk, told: transfers.transfer(pk, told["organisation"], told["note"]),
            ),
            (
                "supervise",
                "hazards.supervise",
                lambda pk, told: supervision.supervise(pk, told["leader"], told["requirement"]),
            ),
            ("unsupervise", "hazards.supervise", lambda pk, told: supervision.unsupervise(pk, told["note"])),
            ("void", "hazards.void", lambda pk, told: moves.void(pk, told["note"])),
        )
    },
)
