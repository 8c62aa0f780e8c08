"""Facts corrected by hand, one enterprise at a time: the same change, dependents and trail as by a ledger."""

from dataclasses import replace
from typing import Any

from django.http import Http404

from enterprises.actions.ledger import in_words, update, with_lists
from enterprises.ledger import FIELDS
from enterprises.models import Enterprise
from portal.permissions import demand, may
from portal.refusals import NotAllowed, Refused
from portal.tenancy.models import District

LISTS = {"chemicals": "化学品", "processes": "工艺"}


def edit_facts(enterprise_id: int, told: dict[str, Any], *, revision: int | None = None) -> list[str]:
    """Change what differs from `told` (field of the ledger → value in the sheet's words); returns the labels of what changed.

    Raises NotAllowed when somebody bound to a district moves the enterprise out of it (both districts are concerned, so
    the office decides), and Refused when somebody else changed the enterprise meanwhile.
    """
    enterprise = with_lists(Enterprise.objects.select_for_update(of=("self",)).filter(pk=enterprise_id)).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    demand("enterprises.edit", enterprise)
    known = in_words(enterprise)
    told = told | {name: on_list(told[name], known[name]) for name in LISTS if name in told}
    changes = {name: (known[name], value) for name, value in told.items() if plainly(known[name]) != plainly(value)}
    labels = [LISTS.get(name) or FIELDS[name].label for name in changes]
    if "district" in changes and not may("enterprises.move", enterprise):
        raise NotAllowed(
            "企业迁到别的区县，须由领导小组办公室修改：迁移后本区县将看不到这家企业的全部记录。", field="district"
        )
    if changes and revision not in (None, enterprise.revision):
        raise Refused(
            f"这家企业的资料刚刚被他人修改。您填写的内容仍在下面，其中与台账现值不同的有：{'、'.join(labels)}。"
            "请核对，再次保存将以您填写的为准。"
        )
    districts = {district.name: district for district in District.objects.all()}
    update({enterprise.code: changes} if changes else {}, districts, "网页修改")
    return labels


def on_list(told: tuple, known: tuple) -> tuple:
    """A ledger may have known a substance as 重点监管 by its CAS number, which nobody types here."""
    numbers = {item.name: item.key_seq for item in known}
    return tuple(replace(item, key_seq=item.key_seq or numbers.get(item.name)) for item in told)


def plainly(value: Any) -> Any:
    """For comparing: empty is empty, and lists have no order."""
    return None if value in ("", ()) else frozenset(value) if isinstance(value, tuple) else value
