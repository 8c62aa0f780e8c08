"""抽查复核: drawing closed hazards by lot, and what somebody else found when they looked again."""

from datetime import date
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from hazards import rules_sample
from hazards.actions import tidings
from hazards.models import Hazard, Sample, SampleItem
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.sm3 import sm3
from portal.tenancy.models import District
from portal.tenancy.scope import in_one_piece, who

WHOLE = "全部"
LARGEST_POOL = 50_000
LARGEST_SAMPLE = 1_000


@in_one_piece
def draw(
    *,
    starts: date,
    ends: date,
    seed: str,
    number: int | None = None,
    percent: Fraction | int | None = None,
    by_district: bool = False,
) -> Sample:
    """抽样: `number` or `percent` of the hazards closed from `starts` to `ends` that the acting person sees.

    Seed, pool and sample are frozen, and no draw is ever deleted. Raises BadInput, and Refused for a draw made before.
    """
    demand("samples.draw")
    seed = seed.strip()
    if len(seed) < 6:
        raise BadInput("种子至少6个字，并且应当可以公开查证，如某日开奖的彩票号码。", field="seed")
    if starts > ends:
        raise BadInput("起始日期不能晚于截止日期。", field="ends")
    if ends > timezone.localdate():
        raise BadInput("截止日期不能晚于今天：还没有过完的日子，总体还会变。", field="ends")
    pool = pool_of(starts, ends, by_district)
    total = sum(map(len, pool.values()))
    size = size_of(total, number, percent)
    try:
        shares = rules_sample.allotted({name: len(keys) for name, keys in pool.items()}, size)
    except ValueError as few:
        raise BadInput(f"按区县分层时，{len(pool)}个区县每个至少抽1条，请增加数量或不分层。", field="number") from few
    sample = Sample(
        district_id=who().district_id if who().scope == "district" else None,
        starts=starts,
        ends=ends,
        by_district=by_district,
        seed=seed,
        pool=pool,
        shares=shares,
        pool_size=total,
        size=size,
        digest=sm3(rules_sample.pool_text(pool).encode()),
        by_name=who().person_name,
        by_unit=who().organisation_name,
    )
    keep(sample)
    items = {key: name for name, n in shares.items() for key in rules_sample.drawn(seed, pool[name], n)}
    hazards = Hazard.objects.in_bulk(items)
    SampleItem.objects.bulk_create(
        SampleItem(
            sample=sample,
            hazard_id=key,
            enterprise_id=hazards[key].enterprise_id,
            district_id=hazards[key].district_id,
            sector=hazards[key].sector,
            stratum=stratum,
        )
        for key, stratum in items.items()
    )
    told = {"seed": seed, "from": starts.isoformat(), "to": ends.isoformat(), "shares": shares, "pool": total}
    audit("samples.draw", sample, told | {"digest": sample.digest, "drawn": list(items)})
    return sample


def pool_of(starts: date, ends: date, by_district: bool) -> dict[str, list[int]]:
    """The numbers to draw from, by stratum. Raises BadInput where there are none, or too many."""
    closed = Hazard.objects.closed().filter(closed_on__range=(starts, ends))
    rows = list(closed.order_by("id").values_list("pk", "district_id")[: LARGEST_POOL + 1])
    if not rows:
        raise BadInput("这段时间没有销号的隐患，请换一段时间。", field="starts")
    if len(rows) > LARGEST_POOL:
        raise BadInput(f"这段时间销号的隐患超过{LARGEST_POOL}条，请缩短时间。", field="ends")
    names = dict(District.objects.values_list("pk", "name")) if by_district else {}
    pool: dict[str, list[int]] = {}
    for key, district in rows:
        pool.setdefault(names.get(district, WHOLE), []).append(key)
    return pool


def size_of(total: int, number: int | None, percent: Fraction | int | None) -> int:
    if (number is None) == (percent is None):
        raise BadInput("请填写抽取的条数或百分比，二者填一个。", field="number")
    if percent is not None and not 0 < percent <= 100:
        raise BadInput("百分比应大于0、不超过100。", field="percent")
    size = rules_sample.share(total, percent) if percent is not None else number or 0
    field = "percent" if percent is not None else "number"
    if not 0 < size <= total:
        raise BadInput(f"这段时间销号的隐患有{total}条，请填写1至{total}之间的数。", field=field)
    if size > LARGEST_SAMPLE:
        raise BadInput(f"一次最多抽{LARGEST_SAMPLE}条，这样会抽{size}条。", field=field)
    return size


def keep(sample: Sample) -> None:
    """Save, and say so where the very same draw has been made."""
    try:
        with transaction.atomic():
            sample.save()
    except IntegrityError as twice:
        if "sample_drawn_once" not in str(twice):
            raise
        raise Refused("同一时段、同一种子已经抽过一次，请到抽查复核里查看；再抽须另定种子。", field="seed") from twice


@in_one_piece
def look_again(item_id: int, result: str, note: str) -> SampleItem:
    """复核: 属实 or 不属实, once, in words, by somebody who did not recheck it. 不属实 is told to the office, who reopens."""
    # Before the lock, which whoever only reads has no right to take.
    demand("samples.look")
    item = (
        SampleItem.objects.select_for_update(of=("self",))
        .select_related("hazard", "hazard__enterprise")
        .filter(pk=item_id)
        .first()
    )
    if item is None:
        raise Http404(f"sample item {item_id}")
    demand("samples.look", item.hazard)
    if item.result:
        raise Refused(f"这一条已由{item.looked_by_name}认定为“{item.get_result_display()}”，不能再改。")
    if result not in SampleItem.Result.values:
        raise BadInput("请选择属实或不属实。", field="result")
    if not note.strip():
        raise BadInput("请写明看了什么、看到什么。", field="note")
    item.result, item.note = result, note.strip()
    item.looked_by_id, item.looked_by_name = who().person_id, who().person_name
    item.looked_at = timezone.now()
    item.save(update_fields=["result", "note", "looked_by", "looked_by_name", "looked_at"])
    audit("samples.look", item, {"result": result, "note": item.note}, label=str(item.hazard))
    if result == SampleItem.Result.UNTRUE:
        tidings.found_untrue(item.hazard, item.pk, item.note)
    return item
