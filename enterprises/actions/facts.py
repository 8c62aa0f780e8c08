"""Facts corrected by hand, one enterprise at a time: the same change, dependents and trail as by a ledger."""

from dataclasses import replace
from typing import Any

from django.http import Http404

from enterprises.actions import units
from enterprises.actions.ledger import Changes, in_words, update, with_lists
from enterprises.ledger import FIELDS, normalise
from enterprises.models import Enterprise
from portal.permissions import demand, may
from portal.refusals import BadInput, NotAllowed, Refused
from portal.tenancy.models import District

POPULATION = "population_500m"
LABELS = {name: field.label for name, field in FIELDS.items()} | {
    "chemicals": "化学品",
    "processes": "工艺",
    POPULATION: "厂区边界外500米内常住人口",
}
LISTS = ("chemicals", "processes")
PHONES = ("principal_phone", "safety_officer_phone")


def locked(enterprise_id: int) -> Enterprise:
    enterprise = with_lists(Enterprise.objects.select_for_update(of=("self",)).filter(pk=enterprise_id)).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    return enterprise


def edit_facts(enterprise_id: int, told: dict[str, Any], *, revision: int | None = None) -> list[str]:
    """Change what differs from `told` (field of the ledger → value in the sheet's words); returns the labels of what changed.

    Raises NotAllowed when somebody bound to a district moves the enterprise out of it (both districts are concerned, so
    the office decides), and Refused when somebody else changed the enterprise meanwhile.
    """
    enterprise = locked(enterprise_id)
    demand("enterprises.edit", enterprise)
    changes = changes_by(enterprise, told)
    labels = [LABELS[name] for name in changes]
    if "district" in changes and not may("enterprises.move", enterprise):
        raise NotAllowed(
            "企业迁到别的区县，须由领导小组办公室修改：迁移后本区县将看不到这家企业的全部记录。", field="district"
        )
    if changes and revision not in (None, enterprise.revision):
        raise Refused(
            f"这家企业的资料刚刚被他人修改。您填写的内容仍在下面，其中与台账现值不同的有：{'、'.join(labels)}。"
            "请核对，再次保存将以您填写的为准。"
        )
    write(enterprise, changes, "网页修改")
    return labels


def known(enterprise: Enterprise) -> dict[str, Any]:
    """What the ledger holds, as far as it is corrected by hand, in the sheet's words."""
    return in_words(enterprise) | {POPULATION: enterprise.population_500m}


def changes_by(enterprise: Enterprise, told: dict[str, Any]) -> Changes:
    """Field → (old, new) for what differs. Raises BadInput for a new telephone number that is none."""
    now = known(enterprise)
    told = told | {name: on_list(told[name], now[name]) for name in LISTS if name in told}
    told |= {name: dialled(name, told[name]) for name in PHONES if told.get(name) and told[name] != now[name]}
    return {name: (now[name], value) for name, value in told.items() if plainly(now[name]) != plainly(value)}


def write(enterprise: Enterprise, changes: Changes, source: str) -> None:
    """Carry the changes out; the enterprise is locked by then."""
    rest = dict(changes)
    if POPULATION in rest:
        units.set_population(enterprise.pk, rest.pop(POPULATION)[1])
    districts = {district.name: district for district in District.objects.all()}
    update({enterprise.code: rest} if rest else {}, districts, source)


def on_list(told: tuple, known: tuple) -> tuple:
    """A ledger may have known a substance as 重点监管 by its CAS number, which nobody types here."""
    numbers = {item.name: item.key_seq for item in known}
    return tuple(replace(item, key_seq=item.key_seq or numbers.get(item.name)) for item in told)


def dialled(name: str, written: str) -> str:
    """A number that can be rung; what a sheet brought is kept as it was written, but nobody may type another such.

    Raises BadInput for the field called `name`.
    """
    number = normalise.phone(written)
    if number.value is None or number.doubt:
        raise BadInput(
            f"“{written}”不像一个电话号码，请填写11位手机号，或带区号的固定电话，如 0591-12345678。", field=name
        )
    return number.value


def plainly(value: Any) -> Any:
    """For comparing: empty is empty, and lists have no order."""
    return None if value in ("", ()) else frozenset(value) if isinstance(value, tuple) else value
