"""单元与在量: every change is judged by GB 18218-2018 in the same transaction, and the judgement kept with its inputs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from enterprises.actions.grades import propose_by_event
from enterprises.actions.history import remember
from enterprises.actions.ledger import SETTLED, held, settle, used, with_lists
from enterprises.gb18218_tables import tables
from enterprises.ledger.catalog import chemical, process
from enterprises.models import (
    Enterprise,
    GradeProposal,
    Holding,
    Judged,
    Judgement,
    MajorLevel,
    Mixture,
    ProcessInUse,
    Unit,
)
from enterprises.rules import gb18218
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import who

UNIT_FIELDS = ("name", "kind", "boundary", "declared_level", "closed_on")
HOLDING_FIELDS = ("substance", "quantity_t", "state", "cas", "mixture", "table1_seq", "symbols", "beta_symbol")
ROUNDED = Decimal("0.000001")
NONE = 9  # worse than no level is any level


def locked(enterprise_id: int) -> Enterprise:
    """The enterprise under a row lock: changes to its units wait for each other, so no judgement misses one."""
    demand("units.edit")
    enterprise = with_lists(Enterprise.objects.select_for_update(of=("self",)).filter(pk=enterprise_id)).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    return enterprise


def unit_of(unit_id: int) -> tuple[Enterprise, Unit]:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise Http404(f"unit {unit_id}")
    return locked(unit.enterprise_id), Unit.objects.get(pk=unit_id)


def holding_of(holding_id: int) -> tuple[Enterprise, Holding]:
    holding = Holding.objects.filter(pk=holding_id).first()
    if holding is None:
        raise Http404(f"holding {holding_id}")
    return locked(holding.enterprise_id), Holding.objects.select_related("unit").get(pk=holding_id)


def add_unit(
    enterprise_id: int, *, name: str, kind: str, boundary: str = "", declared_level: int | None = None
) -> Unit:
    """增加单元. Raises BadInput for a name that is there already."""
    enterprise = locked(enterprise_id)
    unit = Unit(
        enterprise=enterprise, name=name.strip(), kind=kind, boundary=boundary.strip(), declared_level=declared_level
    )
    store(unit)
    audit("units.add", unit, {"name": unit.name, "kind": unit.kind})
    judge_and_settle(enterprise, [unit], f"新增单元“{unit.name}”")
    return unit


def change_unit(unit_id: int, told: Mapping[str, Any], *, revision: int | None = None) -> list[str]:
    """Change what differs; returns the labels. Raises Refused where somebody else changed it meanwhile."""
    enterprise, unit = unit_of(unit_id)
    changes = {name: (getattr(unit, name), told[name]) for name in UNIT_FIELDS if name in told}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return []
    if revision not in (None, unit.revision):
        raise Refused("这个单元刚刚被他人修改，请核对后再提交，您填写的内容仍在下面。")
    for name, (_, new) in changes.items():
        setattr(unit, name, new)
    store(unit)
    audit("units.change", unit, {name: [str(old), str(new)] for name, (old, new) in changes.items()})
    judge_and_settle(enterprise, [unit], f"修改单元“{unit.name}”")
    return [str(Unit._meta.get_field(name).verbose_name) for name in changes]


def put_holding(
    unit_id: int, told: Mapping[str, Any], holding_id: int | None = None, *, revision: int | None = None
) -> Holding:
    """写入在量: a new one, or one of this unit changed. Raises BadInput; Refused where the unit changed meanwhile."""
    enterprise, unit = unit_of(unit_id)
    if holding_id is None:
        holding = Holding(enterprise=enterprise, unit=unit)
    else:
        holding = Holding.objects.filter(pk=holding_id, unit=unit).first()
        if holding is None:
            raise Http404(f"holding {holding_id}")
        if revision not in (None, unit.revision):
            raise Refused("这个单元刚刚被他人修改，请核对在量后再提交，您填写的内容仍在下面。")
    new = holding.pk is None
    write_holding(holding, told)
    judge_and_settle(enterprise, [unit], f"{'新增' if new else '修改'}在量“{holding.substance}”")
    return holding


def write_holding(holding: Holding, told: Mapping[str, Any]) -> None:
    """Check and store; its unit is judged by whoever calls, when all its rows are in."""
    before = described(holding) if holding.pk else ""
    for name in HOLDING_FIELDS:
        if name in told:
            setattr(holding, name, told[name])
    check(holding)
    entry = chemical(holding.substance, holding.cas)
    holding.key_chemical_seq = entry.seq if entry else None
    store(holding)
    audit("units.put_holding", holding.unit, {"from": before, "to": described(holding)})


def check(holding: Holding) -> None:
    if not holding.substance.strip():
        raise BadInput("请填写物质名称。", field="substance")
    if holding.quantity_t is not None and holding.quantity_t < 0:
        raise BadInput("数量不能是负数。", field="quantity_t")
    if holding.quantity_t is not None and holding.quantity_t > gb18218.MOST_TONNES:
        raise BadInput(f"数量超过{gb18218.MOST_TONNES // 10**8}亿吨，请核对单位：这里填的是吨。", field="quantity_t")
    if holding.table1_seq is not None and holding.table1_seq not in tables().named:
        raise BadInput(f"表1没有序号{holding.table1_seq}。", field="table1_seq")
    for name, symbols in (("symbols", holding.symbols), ("beta_symbol", [holding.beta_symbol])):
        if unknown := [symbol for symbol in symbols if symbol and symbol not in tables().classes]:
            raise BadInput(f"表2没有类别符号“{'、'.join(unknown)}”。", field=name)
    if holding.mixture == Mixture.OWN_CLASS and not holding.symbols:
        raise BadInput("混合物按自身危险类别判定时，须填写它的类别符号。", field="symbols")


def assign_holding(holding_id: int, unit_id: int) -> Holding:
    """归入单元: what the ledger's sheet says of the site is put where it belongs."""
    enterprise, holding = holding_of(holding_id)
    unit = Unit.objects.filter(pk=unit_id, enterprise=enterprise).first()
    if unit is None:
        raise Http404(f"unit {unit_id}")
    before = holding.unit
    holding.unit = unit
    store(holding)
    audit("units.assign_holding", unit, {"from": str(before or ""), "to": described(holding)})
    judge_and_settle(enterprise, filter(None, (before, unit)), f"“{holding.substance}”归入单元“{unit.name}”")
    return holding


def remove_holding(holding_id: int) -> None:
    """删除在量."""
    enterprise, holding = holding_of(holding_id)
    told, unit = described(holding), holding.unit
    holding.delete()
    audit("units.remove_holding", unit or enterprise, {"from": told})
    judge_and_settle(enterprise, filter(None, [unit]), f"删除在量“{holding.substance}”")


def put_process(unit_id: int, name: str) -> ProcessInUse:
    """涉及工艺: of this unit; one the ledger's sheet knows of the site moves into it."""
    enterprise, unit = unit_of(unit_id)
    row = write_process(enterprise, unit, name.strip())
    settle_enterprise(enterprise, f"填写工艺“{row.name}”")
    return row


def write_process(enterprise: Enterprise, unit: Unit, name: str) -> ProcessInUse:
    if not name:
        raise BadInput("请填写工艺名称。", field="name")
    entry = process(name)
    row = ProcessInUse.objects.filter(enterprise=enterprise, name=name).first() or ProcessInUse(
        enterprise=enterprise, name=name
    )
    row.unit, row.key_process_seq = unit, entry.seq if entry else None
    store(row)
    audit("units.put_process", unit, {"to": name})
    return row


def remove_process(process_id: int) -> None:
    """删除工艺."""
    row = ProcessInUse.objects.filter(pk=process_id).first()
    if row is None:
        raise Http404(f"process {process_id}")
    enterprise = locked(row.enterprise_id)
    row.delete()
    audit("units.remove_process", enterprise, {"from": row.name})
    settle_enterprise(enterprise, f"删除工艺“{row.name}”")


def set_population(enterprise_id: int, persons: int | None) -> Enterprise:
    """厂区边界外500米内常住人口 (GB 18218-2018 表5): every unit is judged anew."""
    enterprise = locked(enterprise_id)
    if persons is not None and persons < 0:
        raise BadInput("人数不能是负数。", field="persons")
    before, enterprise.population_500m = enterprise.population_500m, persons
    if before != persons:
        enterprise.save(update_fields=["population_500m"])
        audit("units.set_population", enterprise, {"from": before, "to": persons})
        judge_and_settle(enterprise, Unit.objects.filter(enterprise=enterprise), "修改500米内常住人口")
    return enterprise


def judge_and_settle(enterprise: Enterprise, units: Iterable[Unit], because: str) -> None:
    for unit in units:
        judge_unit(unit, because)
    settle_enterprise(enterprise, because)


def judge_unit(unit: Unit, because: str) -> Judgement:
    """辨识分级: judge as things stand now, keep it, and repeat the outcome on the unit.

    Whatever the judgement rests on has changed, so a form read before is stale: the unit's revision stands for all of it.
    """
    holdings = list(Holding.objects.filter(unit=unit).order_by("id"))
    population = Enterprise.objects.values_list("population_500m", flat=True).get(pk=unit.enterprise_id)
    result = judged([as_held(holding) for holding in holdings], population)
    kept = gb18218.as_json(result)
    judgement = Judgement(
        enterprise_id=unit.enterprise_id,
        district_id=unit.district_id,
        sector=unit.sector,
        unit=unit,
        edition=result.edition,
        inputs={"population_500m": population, "holdings": [as_input(holding) for holding in holdings]},
        result=kept,
        outcome=outcome(result),
        level=result.level.number if result.level else None,
        s=kept["S"] or "",
        r=kept["R"] or "",
        missing="".join(result.missing)[:500],
        because=because[:200],
        by_name=who().person_name,
    )
    Judgement.objects.bulk_create([judgement])
    unit.judged, unit.level = judgement.outcome, judgement.level
    unit.s, unit.r = rounded(result.s), rounded(result.r)
    unit.revision += 1
    unit.save(update_fields=["judged", "level", "s", "r", "revision"])
    return judgement


def what_if(
    unit: Unit, quantities: Mapping[int, Decimal | Fraction], more: gb18218.Held | None = None
) -> gb18218.Result:
    """试算: the judgement with other quantities (holding → t) or one holding more. Nothing is written."""
    demand("units.view", unit)
    tried = []
    for holding in Holding.objects.filter(unit=unit).order_by("id"):
        held_now = as_held(holding)
        q = quantities.get(holding.pk)
        tried.append(held_now if q is None else replace(held_now, q=Fraction(q)))
    population = Enterprise.objects.values_list("population_500m", flat=True).get(pk=unit.enterprise_id)
    return judged([*tried, *([more] if more else [])], population)


def judged(holdings: list[gb18218.Held], population: int | None) -> gb18218.Result:
    """A unit of which nothing has been entered is not judged: nothing is not zero tonnes."""
    if not holdings:
        return gb18218.Result(tables().edition, missing=("还没有填写这个单元的在量。",))
    return gb18218.judge(holdings, population, tables())


def settle_enterprise(enterprise: Enterprise, because: str) -> None:
    """The worst of its units in use, and what follows for 两重点一重大 and the key clause; kept as a version."""
    fresh = with_lists(Enterprise.objects.filter(pk=enterprise.pk)).get()
    units = Unit.objects.filter(enterprise=fresh, closed_on=None).values_list("judged", "level")
    outcomes = {judged for judged, _ in units}
    fresh.judged = next((one for one in (Judged.MAJOR, Judged.MISSING, Judged.NOT_MAJOR) if one in outcomes), "")
    fresh.judged_level = min((level for _, level in units if level), default=None)
    settle(fresh, held(fresh), used(fresh))
    fresh.revision += 1
    fresh.save(update_fields=["judged", "judged_level", *SETTLED, "revision", "updated_at"])
    remember([fresh.pk], because)
    before, now = worst_level(enterprise), worst_level(fresh)
    if now < before:
        said = f"重大危险源等级由{LEVELS[before]}变为{LEVELS[now]}（{because}）。"
        propose_by_event(fresh, GradeProposal.Cause.JUDGEMENT, f"judgement:{fresh.revision}", [said])


LEVELS = dict(MajorLevel.choices) | {NONE: "不构成"}


def worst_level(enterprise: Enterprise) -> int:
    """The worse of what was declared and what was judged; NONE where neither says there is one."""
    return min((level for level in (enterprise.major_level, enterprise.judged_level) if level), default=NONE)


def outcome(result: gb18218.Result) -> str:
    """S ≥ 1 is a major hazard installation whatever else is missing for its level."""
    if result.is_major:
        return Judged.MAJOR
    return Judged.MISSING if result.missing else Judged.NOT_MAJOR


def as_held(holding: Holding) -> gb18218.Held:
    return gb18218.Held(
        label=holding.substance,
        q=None if holding.quantity_t is None else Fraction(holding.quantity_t),
        seq=holding.table1_seq,
        symbols=tuple(holding.symbols),
        cas=holding.cas,
        beta_symbol=holding.beta_symbol,
        own_class=holding.mixture == Mixture.OWN_CLASS,
    )


def as_input(holding: Holding) -> dict[str, Any]:
    return {name: plain(getattr(holding, name)) for name in HOLDING_FIELDS}


def plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def described(holding: Holding) -> str:
    quantity = f"{plain(holding.quantity_t)}吨" if holding.quantity_t is not None else "数量未填"
    return " ".join(part for part in (holding.substance, quantity, holding.state) if part)


def rounded(value: Fraction | None) -> Decimal | None:
    return None if value is None else (Decimal(value.numerator) / Decimal(value.denominator)).quantize(ROUNDED)


def store(record: Unit | Holding | ProcessInUse) -> None:
    """Save, and say in words which name is taken."""
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as fault:
        names = {Unit: ("单元", "name"), Holding: ("物质与工况", "substance"), ProcessInUse: ("工艺", "name")}
        word, field = names[type(record)]
        raise BadInput(f"已有同名的{word}，请换一个名称，或修改已有的那一条。", field=field) from fault


def close_unit(unit_id: int) -> list[str]:
    """停用单元, from today on; it stays on record and out of the enterprise's level."""
    return change_unit(unit_id, {"closed_on": timezone.localdate()})
