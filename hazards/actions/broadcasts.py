"""举一反三: sending a lesson to the enterprises it concerns, pressing those that do not answer, and their answers."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from hazards import rules
from hazards import rules_broadcast as asked
from hazards.actions import selfchecks
from hazards.models import (
    Broadcast,
    BroadcastAddress,
    BroadcastAnswer,
    Hazard,
    SelfCheck,
    SelfCheckPhoto,
)
from hazards.queries.broadcasts import Preview, Reach, preview, still_amendable
from portal.audit.record import note as audit
from portal.files import images, quarantine
from portal.legaldays import fixed_deadline
from portal.messages.actions import tell
from portal.once import KeyTaken, kept_before
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.models import Organisation, Role
from portal.tenancy.queries import posted
from portal.tenancy.scope import in_one_piece, who
from portal.uploads.actions import taken
from portal.uploads.models import Upload

TEXT = ("title", "what", "basis")
# No law gives the length: the sender sets it, as with a notice (令15号第17条 leaves it to the authority there).
RULE = "举一反三核查要求，答复期限由下发单位确定"
CHUNK = 1000


@in_one_piece
def send(
    told: Mapping[str, Any],
    reach: Reach,
    *,
    hazard_id: int | None = None,
    expected: str | None = None,
    key: UUID | None = None,
) -> Broadcast:
    """下发 to every enterprise of the reach that the sender sees; the addressees are frozen with it.

    `told`: title, what, questions, basis, answer_by. `expected`: the digest of the previewed list; another list by now is
    refused. The same key sent twice is one. Raises BadInput, Refused, IllegalMove.
    """
    demand("broadcasts.send")
    if key and (first := sent_before(key)):
        return first
    hazard = source(hazard_id)
    text = worded(told, hazard)
    answer_by = told["answer_by"]
    if answer_by <= timezone.localdate():
        raise BadInput("答复期限须晚于今天。", field="answer_by")
    deadline = fixed_deadline(timezone.localdate(), answer_by, RULE)
    organisation = Organisation.objects.get(pk=who().organisation_id)
    broadcast = Broadcast(
        key=key or uuid4(),
        hazard=hazard,
        organisation=organisation,
        answer_by=answer_by,
        deadline_rule=deadline.as_json(),
        by_name=who().person_name,
        **text,
    )
    to = agreed(preview(reach), expected)
    broadcast.reaches = [told_of(reach, to)]
    if twice := kept_before(broadcast, "broadcast_key_once"):
        first = sent_before(broadcast.key)
        if first is None:
            raise KeyTaken() from twice
        return first
    address(broadcast, to)
    audit("broadcasts.send", broadcast, {"reach": reach.words, "enterprises": len(to.enterprises)})
    return broadcast


def sent_before(key: UUID) -> Broadcast | None:
    """What one's own organisation sent under this key; another's is another sending, whoever sees it."""
    return Broadcast.objects.filter(key=key, organisation_id=who().organisation_id).first()


def source(hazard_id: int | None) -> Hazard | None:
    """The hazard it comes from: any but one that was recorded by mistake."""
    if hazard_id is None:
        return None
    hazard = Hazard.objects.select_related("enterprise").filter(pk=hazard_id).first()
    if hazard is None:
        raise Http404(f"hazard {hazard_id}")
    if hazard.status == rules.VOID:
        raise IllegalMove("这条隐患已作废，不能据以下发举一反三。")
    return hazard


def worded(told: Mapping[str, Any], hazard: Hazard | None) -> dict[str, Any]:
    """The text as it will be read. Raises BadInput where something is missing, or where it names the plant it came from."""
    text: dict[str, Any] = {name: (told.get(name) or "").strip() for name in TEXT}
    text["questions"] = [question.strip() for question in told["questions"] if question.strip()]
    for name, sentence in (
        ("title", "请填写标题。"),
        ("what", "请写明情况和要求。"),
        ("questions", "请至少写一个核查问题。"),
    ):
        if not text[name]:
            raise BadInput(sentence, field=name)
    if len(text["questions"]) > asked.MOST_QUESTIONS:
        raise BadInput(f"核查问题最多{asked.MOST_QUESTIONS}个，请合并。", field="questions")
    if hazard is not None:
        for name in (*TEXT, "questions"):
            if hazard.enterprise.name in "\n".join([text[name]] if isinstance(text[name], str) else text[name]):
                raise BadInput(
                    f"文字里写有来源企业的名称“{hazard.enterprise.name}”，收到的企业都会看到，请删去。", field=name
                )
    return text


def agreed(to: Preview, expected: str | None) -> Preview:
    if not to.enterprises:
        raise BadInput("您看得到的企业里没有符合这个范围的，请调整范围。", field="processes")
    if expected is not None and expected != to.digest:
        raise Refused("符合范围的企业刚刚有变动，请核对下面的新名单后再下发。")
    return to


def told_of(reach: Reach, to: Preview) -> dict[str, Any]:
    return {
        **reach.as_json(),
        "words": reach.words,
        "enterprises": len(to.enterprises),
        "on": timezone.localdate().isoformat(),
        "by": who().person_name,
    }


def address(broadcast: Broadcast, to: Preview) -> None:
    """One row an enterprise, with the text as it is sent; and its officers are told."""
    rows = []
    for enterprise in to.enterprises:
        row = BroadcastAddress(
            enterprise=enterprise,
            broadcast=broadcast,
            sender=broadcast.organisation.name,
            title=broadcast.title,
            what=broadcast.what,
            questions=broadcast.questions,
            basis=broadcast.basis,
            answer_by=broadcast.answer_by,
            deadline_rule=broadcast.deadline_rule,
        )
        row.stand_with(enterprise)
        rows.append(row)
    BroadcastAddress.objects.bulk_create(rows, batch_size=CHUNK)
    tell(
        officers_of(to.enterprises),
        f"broadcast:{broadcast.pk}:sent",
        f"举一反三：请核查“{broadcast.title}”",
        f"{broadcast.organisation.name}要求对照核查，{broadcast.answer_by}前答复。\n{broadcast.what[:300]}",
        its_page(broadcast),
    )


def its_page(broadcast: Broadcast) -> str:
    """The list of what one sees of it: for an officer the own enterprise's part."""
    return f"{reverse('address_list')}?broadcast={broadcast.pk}"


def officers_of(enterprises: Sequence[Enterprise]) -> set[int]:
    return posted(role=Role.OFFICER, enterprise_id__in=[one.pk for one in enterprises])


def locked(broadcast_id: int) -> Broadcast:
    """A broadcast of one's own organisation, under a row lock."""
    demand("broadcasts.send")
    broadcast = (
        Broadcast.objects.seen()
        .select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=broadcast_id)
        .first()
    )
    if broadcast is None:
        raise Http404(f"broadcast {broadcast_id}")
    if broadcast.organisation_id != who().organisation_id:
        raise Refused(f"这份举一反三由{broadcast.organisation.name}下发，请由其补充下发或催办。")
    return broadcast


@in_one_piece
def add_addressees(broadcast_id: int, reach: Reach, *, expected: str | None = None) -> Broadcast:
    """补充下发: the same text to more enterprises; the date stays, so it must still lie ahead."""
    broadcast = locked(broadcast_id)
    if broadcast.answer_by <= timezone.localdate():
        raise IllegalMove("答复期限已到，不能再补充下发；请另发一份。")
    to = agreed(preview(reach, broadcast), expected)
    broadcast.reaches = [*broadcast.reaches, told_of(reach, to)]
    broadcast.save(update_fields=["reaches"])
    address(broadcast, to)
    audit("broadcasts.add", broadcast, {"reach": reach.words, "enterprises": len(to.enterprises)})
    return broadcast


@in_one_piece
def press(broadcast_id: int) -> int:
    """催办: whoever has not answered is told again, once a day at most; returns how many enterprises."""
    broadcast, today = locked(broadcast_id), timezone.localdate()
    if broadcast.pressed_on == today:
        raise Refused("今天已经催办过，请明天再催。")
    waiting = list(Enterprise.objects.filter(pk__in=broadcast.addresses.unanswered().values("enterprise")))
    if not waiting:
        raise Refused("都已答复，不需要催办。")
    broadcast.pressed_on = today
    broadcast.save(update_fields=["pressed_on"])
    tell(
        officers_of(waiting),
        f"broadcast:{broadcast.pk}:pressed:{today}",
        f"催办：请答复举一反三“{broadcast.title}”",
        f"{broadcast.organisation.name}催办，答复期限{broadcast.answer_by}。",
        its_page(broadcast),
        urgent=True,
    )
    audit("broadcasts.press", broadcast, {"enterprises": len(waiting)})
    return len(waiting)


@in_one_piece
def answer(address_id: int, given: Sequence[Mapping[str, Any]], *, revision: int | None = None) -> BroadcastAddress:
    """答复, one entry a question: verdict, words, photo; for 有 also place, measures, planned_on and level of the self-check.

    Each 有 makes a self-check in the same act, unless an earlier answer to the question made one that still stands. A given
    answer may be amended until the date, and what it was stays. Raises BadInput (field "q3-verdict"), IllegalMove, Refused.
    """
    demand("broadcasts.answer")
    one = (
        BroadcastAddress.objects.select_for_update(of=("self",))
        .select_related("enterprise")
        .filter(pk=address_id)
        .first()
    )
    if one is None:
        raise Http404(f"address {address_id}")
    if not still_amendable(one):
        raise over()
    if revision not in (None, one.revision):
        raise Refused("这份答复刚刚被本企业的另一位人员修改，请核对后再提交，您填写的内容仍在下面。")
    if len(given) != len(one.questions):
        raise BadInput("请逐个问题答复。")
    before = one.items or [None] * len(given)
    items = [item_of(one, number, entry, old) for number, (entry, old) in enumerate(zip(given, before, strict=True), 1)]
    first = one.answered_on is None
    one.items, one.revision = items, one.revision + 1
    one.answered_on = timezone.localdate() if first else one.answered_on
    one.save(update_fields=["items", "revision", "answered_on"])
    BroadcastAnswer(enterprise=one.enterprise, address=one, items=items, by_name=who().person_name).save()
    found = [item["selfcheck"] for item in items if item["selfcheck"]]
    audit("broadcasts.answer" if first else "broadcasts.amend", one, {"verdicts": verdicts(items), "selfchecks": found})
    return one


def over() -> IllegalMove:
    return IllegalMove("答复期限已过，已给的答复不能再改。情况有变化的，请在“自查自报”里上报。")


def verdicts(items: Sequence[Mapping[str, Any]]) -> list[str]:
    return [item["verdict"] for item in items]


def item_of(
    one: BroadcastAddress, number: int, entry: Mapping[str, Any], old: Mapping[str, Any] | None
) -> dict[str, Any]:
    """One question's answer as it is kept. Raises BadInput with the field of the form."""
    verdict, words = entry.get("verdict"), (entry.get("words") or "").strip()
    if verdict not in asked.VERDICTS:
        raise BadInput(f"请答复第{number}个问题。", field=f"q{number}-verdict")
    if verdict == asked.FOUND and not words:
        raise BadInput(f"第{number}个问题答“有”的，请写明情况。", field=f"q{number}-words")
    before = (old or {}).get("photo")
    photo = kept(entry["photo"], before) if entry.get("photo") is not None else before
    check = None
    if verdict == asked.FOUND:
        check = standing(old) or listed_as_own(one, number, entry, words, photo)
    return {"verdict": verdict, "words": words, "photo": photo, "selfcheck": check}


def standing(old: Mapping[str, Any] | None) -> int | None:
    """The self-check an earlier answer made, unless it was taken back since."""
    number = (old or {}).get("selfcheck")
    return number if number and SelfCheck.objects.filter(pk=number).exclude(state="cancelled").exists() else None


def listed_as_own(
    one: BroadcastAddress, number: int, entry: Mapping[str, Any], words: str, photo: dict[str, str] | None
) -> int:
    """A self-check of what was found, with the picture that was sent with the answer."""
    me = who()
    told = {
        "description": words,
        "place": entry.get("place") or "",
        "measures": entry.get("measures") or "",
        "level": entry.get("level") or "general",
        "accident_type": entry.get("accident_type") or "other",
        "planned_on": entry.get("planned_on"),
        "found_on": timezone.localdate(),
        "found_by_name": me.person_name,
    }
    try:
        check = selfchecks.report(told, address=one, question=number)
    except BadInput as fault:
        raise BadInput(f"第{number}个问题答“有”的：{fault.sentence}", field=f"q{number}-{fault.field}") from fault
    if photo:
        SelfCheckPhoto(
            enterprise=one.enterprise,
            self_check=check,
            phase=SelfCheckPhoto.Phase.FOUND,
            by_name=me.person_name,
            **photo,
        ).save()
    return check.pk


def kept(upload, before: dict[str, str] | None = None) -> dict[str, str]:
    """A picture of an answer: a file of the request or a finished upload. `before`: the one it replaces."""
    if isinstance(upload, Upload):
        # The same answer given again over a bad network: its upload has been handed on already.
        if upload.used_at and before and before["digest"] == upload.digest:
            return before
        if upload.used_at:
            raise BadInput("这张照片的上传编号已用于别的材料，请重新上传。", field="upload")
    content = images.read_upload(upload)
    picture = images.inspect(content)
    digest = quarantine.take_in(content).digest
    if isinstance(upload, Upload):
        taken(upload)
    return {
        "digest": digest,
        "filename": images.file_name(upload.name or ""),
        "content_type": picture.content_type,
    }
