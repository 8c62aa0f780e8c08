"""双随机: publishing the pools, drawing from them by a seed named afterwards, and the visits that come of it."""

from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from inspections import rules_draw
from inspections.actions.plans import coming, told, warn
from inspections.models import Draw, PlannedVisit
from inspections.models_draws import DrawNotice
from inspections.queries import certified_postings
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.sm3 import sm3
from portal.tenancy.models import Organisation
from portal.tenancy.scope import in_one_piece, who

LARGEST_POOL = 20_000
LARGEST_DRAW = 500
EVERYWHERE = 0


@in_one_piece
def publish(
    plants: QuerySet[Enterprise],
    organisation: Organisation | None,
    *,
    title: str,
    month: date,
    size: int,
    avoid: str = "",
    scope_words: str = "",
) -> Draw:
    """公布名单: the plants that a filter gives and the certified inspectors of a body, frozen before anybody knows the seed,
    and open to everybody from then on.

    `avoid` names on each line an inspector who stays away, by name or 执法证号, where it is from one plant alone its 信用代码, and why.
    Raises BadInput. No draw is ever deleted.
    """
    demand("draws.draw")
    body = drawing_body(organisation)
    title = title.strip()
    if not title:
        raise BadInput("请填写抽查名称。", field="title")
    if body.district_id:
        plants = plants.filter(district_id=body.district_id)
    chosen = list(plants.order_by("pk").values("pk", "code", "name")[: LARGEST_POOL + 1])
    if not chosen:
        raise BadInput("没有符合条件的企业，请放宽条件。", field="q")
    if len(chosen) > LARGEST_POOL:
        raise BadInput(f"符合条件的企业超过{LARGEST_POOL}家，请缩小范围。", field="q")
    if not 0 < size <= min(len(chosen), LARGEST_DRAW):
        raise BadInput(f"请填写1至{min(len(chosen), LARGEST_DRAW)}之间的数。", field="size")
    drawn_from = [{"id": one["pk"], "code": one["code"], "name": one["name"]} for one in chosen]
    people = people_of(body)
    avoided, reasons = avoidances(avoid, people, drawn_from)
    away, barred = barred_by(avoided)
    able = [one["id"] for one in people if one["id"] not in away]
    for plant in drawn_from:
        if len(rules_draw.able(able, plant["id"], barred)) < rules_draw.PAIR:
            raise BadInput(f"对“{plant['name']}”来说，回避之后不足两名执法人员，请调整名单。", field="avoid")
    draw = Draw.objects.create(
        district_id=who().district_id if who().scope == "district" else None,
        organisation=body,
        title=title[:80],
        month=coming(month),
        size=size,
        scope_words=scope_words[:300],
        plants=drawn_from,
        people=people,
        avoided=avoided,
        reasons=reasons,
        digest=sm3(rules_draw.pool_text(drawn_from, people, avoided, size).encode()),
        by_name=who().person_name,
    )
    counts = {"plants": len(drawn_from), "people": len(people), "avoided": len(avoided), "size": size}
    notice = DrawNotice.objects.create(
        draw=draw,
        district_id=draw.district_id,
        organisation_name=body.name,
        **{name: getattr(draw, name) for name in ("title", "month", "size", "plants", "people", "avoided", "digest")},
    )
    audit("draws.publish", draw, counts | {"digest": draw.digest, "code": notice.verify_code}, label=title)
    return draw


def drawing_body(organisation: Organisation | None) -> Organisation:
    """One's own body; the office may draw for any."""
    own = who().organisation_id
    if organisation is None:
        organisation = Organisation.objects.filter(pk=own or 0).first()
    if organisation is None or (who().scope != "city" and organisation.pk != own):
        raise BadInput("请选择本单位。", field="organisation")
    return organisation


def people_of(body: Organisation) -> list[dict]:
    """The certified inspectors now posted to a body; fewer than two cannot go anywhere."""
    postings = certified_postings().filter(organisation=body).select_related("person").order_by("person_id")
    people = {
        one.person_id: {"id": one.person_id, "certificate": one.person.certificate_no, "name": one.person.name}
        for one in postings
    }
    if len(people) < rules_draw.PAIR:
        raise BadInput(f"{body}在任、有执法证号的人员不足两名，不能抽取。", field="organisation")
    return list(people.values())


def avoidances(text: str, people: list[dict], plants: list[dict]) -> tuple[list[dict], list[str]]:
    """What the lines say, each as person and plant (EVERYWHERE for all); and the reasons. Raises BadInput naming the line."""
    by_code = {one["code"]: one["id"] for one in plants}
    found, reasons = [], []
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        named = [one["id"] for one in people if word in (one["name"], one["certificate"])]
        if len(named) != 1:
            why = "名单里没有这个人" if not named else "有同名的人，请改写执法证号"
            raise BadInput(f"回避“{line[:40]}”：{why}。", field="avoid")
        code, _, reason = rest.strip().partition(" ")
        plant = by_code.get(code, EVERYWHERE)
        reason = " ".join((reason if plant else rest).split())[:200]
        if not reason:
            raise BadInput(f"回避“{line[:40]}”：请写明原因。", field="avoid")
        found.append({"person": named[0], "plant": plant})
        reasons.append(reason)
    return found, reasons


def barred_by(avoided: list[dict]) -> tuple[set[int], set[tuple[int, int]]]:
    away = {one["person"] for one in avoided if one["plant"] == EVERYWHERE}
    return away, {(one["person"], one["plant"]) for one in avoided if one["plant"] != EVERYWHERE}


@in_one_piece
def draw(pk: int, seed: str) -> Draw:
    """抽取, once, by a seed that was not known when the pools were published; each plant drawn becomes a planned visit.

    Whoever of a pair is no longer in office leaves the visit without one, to be assigned by hand.
    """
    demand("draws.draw")
    record = Draw.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=pk).first()
    if record is None:
        raise Http404(f"draw {pk}")
    drawing_body(record.organisation)
    if record.seed:
        raise Refused("这次抽查已经抽取过，结果不能更改。再抽须另行公布名单。", field="seed")
    seed = " ".join(seed.split())
    if not 6 <= len(seed) <= 100:
        raise BadInput("种子须6至100个字，并且是名单公布之后才产生、人人可查的，如次日开奖的彩票号码。", field="seed")
    away, barred = barred_by(record.avoided)
    people = [one["id"] for one in record.people if one["id"] not in away]
    result = rules_draw.double_draw(seed, [one["id"] for one in record.plants], people, record.size, barred)
    record.seed, record.drawn_at, record.drawn_by = seed, timezone.now(), who().person_name
    record.result = [{"plant": plant, "pair": pair} for plant, pair in result]
    record.save(update_fields=["seed", "drawn_at", "drawn_by", "result"])
    audit("draws.draw", record, {"seed": seed, "result": record.result}, label=record.title)
    plan(record)
    return record


@in_one_piece
def announce(pk: int) -> DrawNotice:
    """公示结果: the seed and what it drew, beside the pools that everybody has been reading; once, and for good.

    An act of its own, so that a visit nobody is to be warned of can come first. Raises Refused.
    """
    demand("draws.draw")
    record = Draw.objects.select_related("organisation").filter(pk=pk).first()
    if record is None:
        raise Http404(f"draw {pk}")
    drawing_body(record.organisation)
    notice = DrawNotice.objects.select_for_update(of=("self",)).filter(draw=record).first()
    if notice is None:
        raise Refused("这次抽查的名单是在有公示网页之前公布的，没有公示网页。需要公示的，请另行公布名单。")
    if not record.seed:
        raise Refused("还没有抽取。请先抽取，再公示结果。")
    if notice.announced_at:
        raise Refused("结果已经公示，不必再办理。")
    notice.seed, notice.result, notice.drawn_at = record.seed, record.result, record.drawn_at
    notice.announced_at, notice.announced_by = timezone.now(), who().person_name
    notice.save(update_fields=["seed", "result", "drawn_at", "announced_at", "announced_by"])
    audit("draws.announce", record, {"code": notice.verify_code, "digest": record.digest}, label=record.title)
    return notice


def plan(record: Draw) -> None:
    plants = Enterprise.objects.in_bulk([one["plant"] for one in record.result])
    postings = certified_postings().filter(organisation_id=record.organisation_id)
    now_able = set(postings.values_list("person_id", flat=True))
    for one in record.result:
        plant = plants.get(one["plant"])
        if plant is None:  # merged into another since the pool was published
            continue
        pair = one["pair"] if set(one["pair"]) <= now_able else [None, None]
        planned = PlannedVisit(
            enterprise=plant,
            month=max(record.month, timezone.localdate().replace(day=1)),
            organisation=record.organisation,
            origin=PlannedVisit.Origin.DRAW,
            draw=record,
            grade=plant.grade,
            first_id=pair[0],
            second_id=pair[1],
            by_name=who().person_name,
        )
        planned.save()
        told(planned, "assigned", filter(None, pair), "双随机抽中，您有一次计划检查", f"请按计划到{plant}检查。")
        warn(planned)
