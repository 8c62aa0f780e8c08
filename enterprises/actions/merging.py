"""合并企业: one entry goes on under another, with everything that is being worked on; and back again, where it was a mistake.

What moves and what stays is declared by each floor (enterprises/merging.py); why, in docs/decisions/0008-merging.md.
"""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from enterprises import merging
from enterprises.actions.history import remember
from enterprises.actions.units import settle_enterprise
from enterprises.models import Credential, Enterprise, Grade, GradeDecision, Holding, Merger, ProcessInUse, Unit
from enterprises.rules.merging import FACTS, carried
from portal.audit.record import note as audit
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.actions import give_back_postings, hand_over_postings, still_posted
from portal.tenancy.models import Posting, Role
from portal.tenancy.scope import in_one_piece, who

HAND_OVER, END = "hand_over", "end"
OFFICERS = {HAND_OVER: "改为负责保留的企业", END: "结束任职，不能再登录查看"}
LOCK_NOT_AVAILABLE = "55P03"
BUSY = "有人正在办理这家企业的事项，请稍候再试。"


@in_one_piece
def merge(gone_id: int, kept_id: int, *, reason: str, officers: str = "") -> Merger:
    """合并: `gone` goes on under `kept`. `officers` says what becomes of the people posted at `gone` (OFFICERS).

    Raises BadInput, and Refused where somebody was quicker, where somebody is at work on its records at this moment, or where
    something must be settled first.
    """
    demand("enterprises.merge")
    gone, kept = standing_pair(gone_id, kept_id)
    if not reason.strip():
        raise BadInput("请写明为什么认定是同一家企业。", field="reason")
    if not officers and still_posted(gone.pk).exists():
        raise BadInput("请选择并入企业的安全员、专家今后怎么办。", field="officers")
    refuse_for(sentence for question in merging.before_merging for sentence in question(gone, kept))
    merger = Merger(enterprise=kept, gone=gone, gone_name=gone.name, gone_code=gone.code)
    merger.reason, merger.by_name = reason.strip(), who().person_name
    merger.moved = {"kept": kept.pk, "was": {"district_id": gone.district_id, "sector": gone.sector}}
    lock_rows(merging.lockable(gone).values())
    here_from_now_on(gone, kept)
    merger.moved |= make_room(gone, kept)
    merger.moved["rows"] = {moving.label: take_along(moving, gone, kept) for moving in merging.moving}
    merger.moved["ended"] = end_what_stayed(gone)
    merger.moved["facts"] = take_over(kept, gone)
    settle_enterprise(kept, f"并入“{gone.name}”")
    remember([gone.pk], f"并入“{kept.name}”")
    merger.moved["postings"] = hand_over_postings(gone.pk, kept.pk if officers == HAND_OVER else None)
    merger.save()
    for told in merging.afterwards:
        told(gone, kept, merger.moved["rows"])
    counts = {
        str(one.model._meta.verbose_name): len(rows)
        for one in merging.counted()
        if (rows := merger.moved["rows"][one.label])
    }
    audit("enterprises.merge", kept, {"from": f"{gone.name} {gone.code}", "reason": merger.reason, "rows": counts})
    audit("enterprises.merged_away", gone, {"to": f"{kept.name} {kept.code}", "reason": merger.reason})
    tell_people(merger, gone, kept)
    return merger


@in_one_piece
def undo(merger_id: int, reason: str) -> Merger:
    """撤销合并: what went along goes back, with what has been done to it since. Raises Refused where something would be lost."""
    demand("enterprises.merge")
    merger = Merger.objects.select_for_update(of=("self",)).filter(pk=merger_id).first()
    if merger is None:
        raise Http404(f"merger {merger_id}")
    if merger.undone_at:
        raise Refused(f"这次合并已由{merger.undone_by}撤销。")
    if not reason.strip():
        raise BadInput("撤销合并须写明理由。", field="reason")
    both = {
        one.pk: one
        for one in Enterprise.everyone.select_for_update(of=("self",))
        .filter(pk__in=(merger.gone_id, merger.enterprise_id))
        .order_by("pk")
    }
    gone, kept = both[merger.gone_id], both[merger.enterprise_id]
    if kept.pk != merger.moved["kept"]:
        raise Refused(f"合并后的企业后来又并入了“{kept.name}”，请先撤销那一次合并。")
    refuse_for(sentence for question in merging.before_undoing for sentence in question(merger))
    rows = merger.moved["rows"]
    back = {m.label: m.model.objects.filter(m.went(rows), enterprise=kept) for m in merging.moving}
    lock_rows([*back.values(), *merging.lockable(gone).values()])
    try:
        with transaction.atomic():
            give_back(merger, gone, kept, back)
    except IntegrityError as fault:
        raise Refused("合并之后登记的内容与并入企业原有的记录冲突，不能撤销合并。") from fault
    give_back_facts(kept, merger.moved["facts"], gone)
    for one in (kept, gone):
        settle_enterprise(one, f"撤销“{gone.name}”并入“{kept.name}”")
    give_back_postings(merger.moved["postings"], gone.pk)
    merger.undone_by, merger.undone_at = who().person_name, timezone.now()
    merger.save(update_fields=["undone_by", "undone_at"])
    for told in merging.afterwards:
        told(kept, gone, rows)
    audit("enterprises.unmerge", kept, {"from": f"{gone.name} {gone.code}", "reason": reason.strip()})
    return merger


def standing_pair(gone_id: int, kept_id: int) -> tuple[Enterprise, Enterprise]:
    """Both under a row lock, the smaller number first, so that two mergers of one pair wait for each other."""
    if gone_id == kept_id:
        raise BadInput("一家企业不能并入它自己。")
    pair = {
        one.pk: one
        for one in Enterprise.objects.select_for_update(of=("self",)).filter(pk__in=(gone_id, kept_id)).order_by("pk")
    }
    if len(pair) == 2:
        return pair[gone_id], pair[kept_id]
    merged = Enterprise.everyone.filter(pk__in=(gone_id, kept_id)).exclude(merged_into=None)
    for one in merged.select_related("merged_into"):
        raise Refused(f"“{one.name}”刚刚已并入“{one.merged_into.name}”，请按最新情况处理。")
    raise Http404(f"enterprises {gone_id}, {kept_id}")


def refuse_for(sentences: Iterable[str]) -> None:
    if found := list(sentences):
        raise Refused("".join(found))


def lock_rows(rows: Iterable[QuerySet]) -> None:
    """Everything that is to change, at once or not at all: whoever works on one of them is not waited for, because they may
    be waiting for the enterprise, which is locked already. Raises Refused."""
    try:
        with transaction.atomic():
            for queryset in rows:
                list(queryset.select_for_update(of=("self",), nowait=True).order_by("pk").values_list("pk"))
    except OperationalError as taken:
        if getattr(taken.__cause__, "pgcode", "") != LOCK_NOT_AVAILABLE:
            raise
        raise Refused(BUSY) from taken


def here_from_now_on(gone: Enterprise, kept: Enterprise) -> None:
    """Into the district and line of the kept one, with all that belongs to it (ON UPDATE CASCADE), and out of the ledger."""
    Enterprise.everyone.filter(pk=gone.pk).update(
        district=kept.district_id,
        sector=kept.sector,
        merged_into=kept,
        revision=F("revision") + 1,
        updated_at=timezone.now(),
    )


def make_room(gone: Enterprise, kept: Enterprise) -> dict[str, Any]:
    """What could not stand beside a row of the kept one: units get another name, twins of processes stay behind.

    Returns how it was, for the way back; also who had been merged into `gone`, and what the kept one says of its whole site.
    """
    units = list(Unit.objects.filter(enterprise__in=(gone, kept)).order_by("pk"))
    names = {unit.name for unit in units if unit.enterprise_id == kept.pk}
    taken = {unit.name for unit in units}
    renamed = {}
    for unit in (one for one in units if one.enterprise_id == gone.pk and one.name in names):
        renamed[unit.pk] = [unit.name, free_name(unit.name, gone.code, taken)]
        unit.name = renamed[unit.pk][1]
        unit.save(update_fields=["name"])
    processes = set(ProcessInUse.objects.filter(enterprise=kept).values_list("name", flat=True))
    twins = ProcessInUse.objects.filter(enterprise=gone, name__in=processes, unit__isnull=False)
    detached = dict(twins.values_list("pk", "unit_id"))
    twins.update(unit=None)
    earlier = Enterprise.everyone.filter(merged_into=gone)
    repointed = list(earlier.values_list("pk", flat=True))
    earlier.update(merged_into=kept)
    own = {
        model._meta.label_lower: list(model.objects.filter(enterprise=kept, unit=None).values_list("pk", flat=True))
        for model in (Holding, ProcessInUse)
    }
    return {"renamed": renamed, "detached": detached, "repointed": repointed, "own": own}


def free_name(name: str, code: str, taken: set[str]) -> str:
    """The unit's name with the end of the code its entry had; 80 characters at most."""
    mark = f"（原{code[-6:]}）"
    new = name[: 80 - len(mark)] + mark
    while new in taken:
        new = f"{new[:78]}再"
    taken.add(new)
    return new


def end_what_stayed(gone: Enterprise) -> list[int]:
    """Certificates in force whose twin the kept one has: told of there, they are told of here no more."""
    left = Credential.objects.filter(enterprise=gone, from_ledger=False, ended_on=None, renewed_on=None)
    ended = list(left.values_list("pk", flat=True))
    left.update(ended_on=timezone.localdate())
    return ended


def take_along(moving: merging.Moving, gone: Enterprise, kept: Enterprise) -> list[int]:
    """Move its rows, but for those whose twin the kept one has; their numbers."""
    rows = moving.model.objects.filter(moving.where, enterprise=gone)
    if moving.once:
        same = {name: OuterRef(name) for name in moving.once}
        twin = moving.model.objects.filter(moving.alive, enterprise=kept, **same)
        rows = rows.exclude(moving.alive & Q(Exists(twin)))
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    moving.model.objects.filter(pk__in=numbers).update(enterprise=kept)
    return numbers


def facts_of(enterprise: Enterprise) -> dict[str, Any]:
    return {name: getattr(enterprise, name) for name in FACTS}


def take_over(kept: Enterprise, gone: Enterprise) -> dict[str, list]:
    """What the kept one did not know, and what is worse (rules.merging); field → [old, new] for the way back."""
    new = carried(facts_of(kept), facts_of(gone))
    old = {name: getattr(kept, name) for name in new}
    change(kept, new, f"企业合并：并入“{gone.name}”", "两家的风险等级不同，从严确定，可另行评定。")
    return {name: [plain(old[name]), plain(new[name])] for name in new}


def change(enterprise: Enterprise, new: dict[str, Any], source: str, reason: str) -> None:
    """Set facts; a grade is a decision like any other."""
    previous = enterprise.grade
    for name, value in new.items():
        setattr(enterprise, name, value)
    if new:
        enterprise.save(update_fields=[*new, "updated_at"])
    if enterprise.grade != previous:
        decision = GradeDecision(enterprise=enterprise, grade=enterprise.grade, previous=previous, reason=reason)
        decision.decided_on, decision.source, decision.by_name = timezone.localdate(), source[:120], who().person_name
        decision.save()


def give_back_facts(kept: Enterprise, facts: dict[str, list], gone: Enterprise) -> None:
    """What it took over, unless somebody has changed it since."""
    old = {}
    for name, (before, after) in facts.items():
        read = Enterprise._meta.get_field(name).to_python
        if getattr(kept, name) == read(after):
            old[name] = read(before)
    change(kept, old, f"撤销企业合并：“{gone.name}”", "恢复合并之前的风险等级。")


def plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)


def give_back(merger: Merger, gone: Enterprise, kept: Enterprise, back: dict) -> None:
    moved = merger.moved
    # First beside the kept one, wherever that is now; at the end where it was, and all that is its own again with it.
    here = Enterprise.everyone.filter(pk=gone.pk)
    here.update(district=kept.district_id, sector=kept.sector, merged_into=None)
    for rows in back.values():
        rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(enterprise=gone)
    for pk, (old, new) in moved["renamed"].items():
        Unit.objects.filter(pk=pk, enterprise=gone, name=new).update(name=old)
    for pk, unit in moved["detached"].items():
        if Unit.objects.filter(pk=unit, enterprise=gone).exists():
            ProcessInUse.objects.filter(pk=pk, enterprise=gone, unit=None).update(unit=unit)
    Credential.objects.filter(pk__in=moved["ended"], enterprise=gone).update(ended_on=None)
    Enterprise.everyone.filter(pk__in=moved["repointed"], merged_into=kept).update(merged_into=gone)
    here.update(**moved["was"], revision=F("revision") + 1, updated_at=timezone.now())
    gone.refresh_from_db()


def tell_people(merger: Merger, gone: Enterprise, kept: Enterprise) -> None:
    """Whoever is now responsible for the kept one; and the old district, which sees its records no more."""
    grade = f"，风险等级{Grade(kept.grade).label}" if kept.grade else ""
    took_over = [kept["began"] for kept in merger.moved["postings"] if kept["began"]]
    tell(
        Posting.objects.filter(pk__in=took_over).values_list("person_id", flat=True),
        f"merger:{merger.pk}:officers",
        f"“{gone.name}”已并入“{kept.name}”",
        f"两家经核对为同一家企业，未办结的隐患和文书都转到“{kept.name}”名下{grade}，由您继续办理。",
        reverse("enterprise", args=[kept.pk]),
        urgent=True,
    )
    if merger.moved["was"]["district_id"] != kept.district_id:
        old = Posting.objects.current().filter(role=Role.INSPECTOR, district_id=merger.moved["was"]["district_id"])
        tell(
            old.values_list("person_id", flat=True),
            f"merger:{merger.pk}:district",
            f"“{gone.name}”已并入其他区县的企业",
            f"经核对与“{kept.name}”（{kept.district.name}）为同一家企业，记录转到{kept.district.name}。",
            reverse("enterprise_list"),
        )
