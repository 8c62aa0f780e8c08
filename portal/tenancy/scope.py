"""Who is acting, and the one door through which anything tenant-bound is touched.

`with enter(who):` opens a transaction, takes the database role and the settings the policies read, and gives both
back when it ends. Without it the login role has no right on any tenant table.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from django.db import connection, transaction


class NoScope(RuntimeError):
    """Something tenant-bound was asked for outside any scope."""


@dataclass(frozen=True)
class Who:
    """A person in one of their postings, or the portal itself, as seen by the wall and the permission table."""

    scope: str
    role: str
    tenant_id: int | None = None
    tenant_name: str = ""
    account_id: int | None = None
    person_id: int | None = None
    person_name: str = "系统"
    posting_id: int | None = None
    organisation_id: int | None = None
    organisation_name: str = ""
    district_id: int | None = None
    enterprise_id: int | None = None
    enterprise_ids: tuple[int, ...] = ()
    sectors: tuple[str, ...] = ()
    leads: bool = False
    code: str = ""
    ip: str = ""
    request_id: str = ""

    def settings(self) -> dict[str, str]:
        return {
            "role": f"portal_{self.scope}",
            "portal.tenant": "" if self.tenant_id is None else str(self.tenant_id),
            "portal.district": "" if self.district_id is None else str(self.district_id),
            # Nobody's number rather than a blank: a posting without a body reads tables that are divided by body, too.
            "portal.organisation": str(self.organisation_id or 0),
            "portal.enterprise": "" if self.enterprise_id is None else str(self.enterprise_id),
            "portal.enterprises": "{%s}" % ",".join(map(str, self.enterprise_ids)),
            "portal.sectors": "{%s}" % ",".join(json.dumps(sector) for sector in self.sectors),
            "portal.person": "" if self.person_id is None else str(self.person_id),
            "portal.code": self.code,
        }


@dataclass
class Stay:
    """One stay in a scope: who, and what must still be written before it commits."""

    who: Who
    before_leaving: list[Callable[[], None]] = field(default_factory=list)
    notes: dict[str, list] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    """What has been read once and holds for this stay."""


_stay: ContextVar[Stay | None] = ContextVar("portal_stay", default=None)


def stay() -> Stay:
    here = _stay.get()
    if here is None:
        raise NoScope("enter a scope first: with scope_of(posting) or with tenant_scope(tenant)")
    return here


def who() -> Who:
    return stay().who


def in_scope() -> bool:
    return _stay.get() is not None


def current_tenant_id() -> int:
    tenant_id = who().tenant_id
    if tenant_id is None:
        raise NoScope("the platform scope has no tenant")
    return tenant_id


def _take(settings: dict[str, str]) -> None:
    pairs = list(settings.items())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(["set_config(%s, %s, true)"] * len(pairs)),
            [item for pair in pairs for item in pair],
        )


LOGIN = Who(scope="none", role="").settings() | {"role": "none"}


@contextmanager
def enter(person: Who, *, snapshot: bool = False) -> Iterator[Who]:
    """Act as `person` inside one transaction (a savepoint where one is already open).

    With `snapshot` all of its statements see one moment (REPEATABLE READ), whatever is committed meanwhile: for reading a
    great deal that must agree. It must be the outermost, and must not write an audit record, whose chain others move on.
    """
    outer = _stay.get()
    nested = connection.in_atomic_block
    here = Stay(person)
    with transaction.atomic():
        if snapshot:
            with connection.cursor() as cursor:
                # PostgreSQL takes it only before the transaction's first statement, so nested it is an error.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _take(person.settings())
        token = _stay.set(here)
        try:
            yield person
            # What is taken back anyway (an API error) has nothing to say before it leaves.
            if not connection.needs_rollback:
                for finish in here.before_leaving:
                    finish()
        finally:
            _stay.reset(token)
    if nested:
        # SET LOCAL outlives a released savepoint; give the outer stay its own rights back.
        _take(outer.who.settings() if outer else LOGIN)


def in_one_piece(verb):
    """A verb that refuses halfway leaves neither rows nor audit notes behind, even where its caller goes on."""

    @wraps(verb)
    def whole(*args, **kwargs):
        notes = stay().notes
        before = {name: len(kept) for name, kept in notes.items()}
        try:
            with transaction.atomic():
                return verb(*args, **kwargs)
        except BaseException:
            for name, kept in notes.items():
                del kept[before.get(name, 0) :]
            raise

    return whole


def tenant_scope(
    tenant_id: int, name: str = "", *, scope: str = "city", role: str = "system", snapshot: bool = False, **more
):
    """The portal itself at work for one tenant: tasks and commands."""
    return enter(Who(scope=scope, role=role, tenant_id=tenant_id, tenant_name=name, **more), snapshot=snapshot)


def platform_scope():
    """The operator of the installation: makes tenants and catalogs, sees nobody's business."""
    return enter(Who(scope="platform", role="operator"))


def public_scope(code: str):
    """Anyone holding the verification code of one document."""
    return enter(Who(scope="public", role="public", person_name="公众", code=code))


def as_seen_by(person: Who, **changes) -> Who:
    return replace(person, **changes)
