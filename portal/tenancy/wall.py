"""The declaration behind row-level security, and what it means in SQL.

A tenant model says by which of its columns it is divided and which scope may do what:

    wall = Wall(by="enterprise", city="raw", district="raw", enterprise="rw")

r = read, a = add, w = change, d = delete. A scope that is not named may do nothing. `columns={"enterprise": ("phone",)}`
lets a scope change these columns of the rows it reads and no others. `portal.tenancy.walls` compares the database with the
declarations after every migrate and mends what differs, so a new model needs this line alone.
"""

from dataclasses import dataclass, field
from typing import Literal

By = Literal[
    "tenant",
    "district",
    "unit",
    "enterprise",
    "enterprise_itself",
    "person",
    "concerned",
    "concerned_or_all",
    "self",
]

TENANT = "tenant_id = (SELECT current_setting('portal.tenant')::bigint)"
DISTRICT = "district_id = (SELECT current_setting('portal.district')::bigint)"
SECTOR = "sector = ANY ((SELECT current_setting('portal.sectors')::text[])::text[])"
ENTERPRISE = "enterprise_id = (SELECT current_setting('portal.enterprise')::bigint)"
ENTERPRISES = "enterprise_id = ANY ((SELECT current_setting('portal.enterprises')::bigint[])::bigint[])"
PERSON = "person_id = (SELECT current_setting('portal.person')::bigint)"
# `units` are the organisations a row concerns; in none of them until it is handed to one.
UNIT = "(SELECT current_setting('portal.organisation')::bigint) = ANY (units)"
ORGANISATION = "organisation_id = (SELECT current_setting('portal.organisation')::bigint)"
CODE = "verify_code = (SELECT current_setting('portal.code'))"
OWN_TENANT = "id = (SELECT current_setting('portal.tenant')::bigint)"

SCOPES = (
    "city",
    "department",
    "district",
    "enterprise",
    "expert",
    "audit",
    "sysadmin",
    "secadmin",
    "platform",
    "public",
)

# What narrows each scope further than its tenant, on a table divided by district, by unit or by enterprise.
NARROWER: dict[str, dict[str, str]] = {
    "district": {"district": DISTRICT, "unit": UNIT, "enterprise": DISTRICT, "enterprise_itself": DISTRICT},
    "department": {"district": SECTOR, "unit": UNIT, "enterprise": SECTOR, "enterprise_itself": SECTOR},
    "enterprise": {"enterprise": ENTERPRISE, "enterprise_itself": ENTERPRISE.replace("enterprise_id", "id", 1)},
    "expert": {"enterprise": ENTERPRISES, "enterprise_itself": ENTERPRISES.replace("enterprise_id", "id", 1)},
}
# A row that concerns one district, body, enterprise or person names it once it is shown, and until then nobody: it is the
# city's alone. These tables are small; on large ones an OR would keep the indexes from serving.
CONCERNED = {
    "district": f"{DISTRICT} OR {ORGANISATION} OR {PERSON}",
    "department": f"{ORGANISATION} OR {PERSON}",
    "enterprise": f"{ENTERPRISE} OR {PERSON}",
    "expert": PERSON,
    "audit": "shown_on IS NOT NULL",
}
# Scopes that may not hold a right on a table divided in a way they cannot be narrowed by: silence would mean "all".
UNFIT = {(scope, by) for scope in ("enterprise", "expert") for by in ("district", "unit")}

RIGHTS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}


@dataclass(frozen=True)
class Wall:
    """How one table is divided, and the rights each scope has behind it."""

    by: By
    rights: dict[str, str] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    """Scopes that read everybody's rows of a table divided by person, as the city does."""

    def __init__(
        self, by: By, *, columns: dict[str, tuple[str, ...]] | None = None, whole: tuple[str, ...] = (), **rights: str
    ):
        for scope in (*rights, *(columns or {}), *whole):
            if scope not in SCOPES:
                raise ValueError(f"no such scope: {scope}")
            if (scope, by) in UNFIT:
                raise ValueError(f"the {scope} scope cannot be narrowed on a table divided by {by}")
        object.__setattr__(self, "by", by)
        object.__setattr__(self, "rights", rights)
        object.__setattr__(self, "columns", columns or {})
        object.__setattr__(self, "whole", whole)

    def predicate(self, scope: str, command: str) -> str:
        """The policy expression for one scope and command; plain equality, so that indexes serve it."""
        if scope == "public":
            return CODE
        if scope == "platform":
            return "true"
        if self.by == "self":
            return OWN_TENANT
        parts = [TENANT]
        # A note to somebody may be written by whoever causes it, and read by its addressee alone; the city scope
        # also sees them all, because it answers for what could not be delivered.
        if self.by == "person" and command != "INSERT" and scope != "city":
            if not (scope in self.whole and command == "SELECT"):
                parts.append(PERSON)
        narrower = NARROWER.get(scope, {}).get(self.by)
        if self.by in ("concerned", "concerned_or_all") and scope in CONCERNED:
            # What is open to all is open to be read.
            open_too = " OR open_to_all" if self.by == "concerned_or_all" and command == "SELECT" else ""
            narrower = f"({CONCERNED[scope]}{open_too})"
        if narrower:
            parts.append(narrower)
        return " AND ".join(parts)


@dataclass(frozen=True)
class Reference:
    """A catalog every tenant reads and only the platform writes; rows are never changed once published."""

    platform: str = "ra"

    @property
    def rights(self) -> dict[str, str]:
        return {scope: self.platform if scope == "platform" else "r" for scope in SCOPES if scope != "public"}
