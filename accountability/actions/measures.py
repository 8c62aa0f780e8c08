"""表彰, 通报批评, 约谈, 问责 from draft to done (handbook §8): every verb, and nothing else writes one.

拟稿 → 报批 → 批准 by a second person who leads → 编号印发, told to those concerned → 回复 → 办结; 撤销 by a document of its own.
"""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accountability import rules_measure as rules
from accountability.models import Measure, MeasureDocument, MeasureFile, MeasureReply, MeasureStep
from accountability.queries.measure_grounds import frozen
from accountability.queries.measure_subjects import Concerned, concerned_or_bad, people_of
from enterprises.models import Enterprise
from portal.audit.record import note as audit
from portal.documents.issuing import issue as issue_document
from portal.holidays.deadlines import make_deadline
from portal.legaldays import NATURAL
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.models import Organisation
from portal.tenancy.queries import posted
from portal.tenancy.scope import in_one_piece, who
from portal.uploads.proof import keep_proof

Kind = Measure.Kind
DOCUMENT = {
    Kind.COMMENDATION.value: "commendation_decision",
    Kind.CIRCULAR.value: "criticism_circular",
    Kind.INTERVIEW.value: "interview_notice",
    Kind.ACCOUNTABILITY.value: "accountability_decision",
}
REVOCATION = "measure_revocation"
TEXTS = {
    "matter": ("请写明事由，如“关于某某企业重大隐患逾期未整改的通报”。", 120),
    "facts": ("请写明事实和理由。", 4000),
    "decision": ("请写明决定：给予什么、要求什么。", 4000),
}


@in_one_piece
def draft(subject_kind: str, subject_id: int, told: Mapping[str, Any]) -> Measure:
    """拟稿. `subject_id` of a person is the number of their posting. `told` as MeasureForm and the API give it. Raises BadInput."""
    demand("measures.draft")
    subject = concerned_or_bad(subject_kind, subject_id)
    if who().organisation_id is None:
        raise Refused("您的任职没有登记单位，不能以单位名义拟稿。请系统管理员补充任职单位。")
    measure = Measure(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        subject_name=subject.name,
        posting_id=subject.posting_id,
        post=subject.post,
        body_id=who().organisation_id,
        drafter_id=who().person_id,
        drafter_name=who().person_name,
        authors=[who().person_id],
    )
    not_oneself(measure)
    write(measure, subject, told)
    measure.save()
    step(measure, "draft", measure.matter)
    audit("measures.draft", measure, {"kind": measure.kind, "matter": measure.matter})
    return measure


@in_one_piece
def change(measure_id: int, told: Mapping[str, Any], *, revision: int | None = None) -> Measure:
    """修改 before it is approved. Whoever changes it becomes one of its authors, and cannot approve it."""
    demand("measures.draft")
    measure = locked(measure_id, "change", revision)
    # A person's posting is what it was when the draft was begun, also where it has ended since.
    unit = measure.posting_id if measure.posting_id else measure.subject_id
    write(measure, concerned_or_bad(measure.subject_kind, unit, ended=True), told)
    me = who().person_id
    measure.authors = [*(one for one in measure.authors if one != me), me]
    moved(measure, "change", "", {"matter": measure.matter})
    return measure


def write(measure: Measure, subject: Concerned, told: Mapping[str, Any]) -> None:
    """What is typed. Raises BadInput with the field."""
    if told.get("kind") not in Kind.values:
        raise BadInput("请选择种类：表彰、通报批评、约谈或问责。", field="kind")
    measure.kind = told["kind"]
    for name, (sentence, most) in TEXTS.items():
        text = str(told.get(name) or "").strip()
        if not text:
            raise BadInput(sentence, field=name)
        if len(text) > most:
            raise BadInput(f"最多{most}字，现在是{len(text)}字。", field=name)
        setattr(measure, name, text)
    measure.basis = str(told.get("basis") or "").strip()
    measure.grounds = frozen(str(told.get("grounds") or ""), measure.grounds)
    measure.meets_at, measure.meets_where = told.get("meets_at"), str(told.get("meets_where") or "").strip()
    if measure.kind == Kind.INTERVIEW and measure.meets_at is None:
        raise BadInput("约谈须写明时间。", field="meets_at")
    if measure.kind == Kind.INTERVIEW and not measure.meets_where:
        raise BadInput("约谈须写明地点。", field="meets_where")
    if measure.kind != Kind.INTERVIEW and (measure.meets_at or measure.meets_where):
        raise BadInput("只有约谈才写时间、地点；其他种类请留空。", field="meets_at")
    days = told.get("reply_days")
    measure.reply_days = rules.REPLY_DAYS if days is None else days
    if not 0 <= measure.reply_days <= rules.MOST_REPLY_DAYS:
        raise BadInput(f"回复期须在0到{rules.MOST_REPLY_DAYS}日之间，0表示不要求回复。", field="reply_days")
    measure.publish = bool(told.get("publish"))
    if measure.publish and measure.kind != Kind.COMMENDATION:
        raise BadInput("只有表彰可以向全市公开。", field="publish")
    measure.for_unit = bool(told.get("for_unit"))
    scored = subject.scored if measure.for_unit or subject.is_scored else None
    if measure.for_unit and scored is None:
        raise BadInput("该对象的单位不参加年度考核，不能计入。", field="for_unit")
    measure.scored_kind, measure.scored_id = scored or ("", None)


@in_one_piece
def submit(measure_id: int, *, revision: int | None = None) -> Measure:
    """报批: those of the office who lead and wrote none of it are asked."""
    demand("measures.draft")
    measure = locked(measure_id, "submit", revision)
    leaders = posted(role="office", leads=True) - set(measure.authors)
    if not leaders:
        raise Refused("领导小组办公室没有可以审批的另一位负责人，不能报批。请系统管理员登记负责人任职后再办。")
    moved(measure, "submit", "", {})
    tell_of(measure, leaders, f"请审批：{measure}", measure.matter)
    return measure


@in_one_piece
def approve(measure_id: int, opinion: str = "", *, revision: int | None = None) -> Measure:
    """批准 by a leader of the office who wrote none of it. Raises NotAllowed, IllegalMove."""
    measure = locked(measure_id, "approve", revision, permission="measures.approve")
    measure.approver_id, measure.approver_name = who().person_id, who().person_name
    measure.approved_on = timezone.localdate()
    moved(measure, "approve", opinion.strip() or "同意", {"opinion": opinion.strip()})
    tell_of(measure, {measure.drafter_id}, f"已批准：{measure}", "请编号印发。")
    return measure


@in_one_piece
def send_back(measure_id: int, reason: str, *, revision: int | None = None) -> Measure:
    """退回 with a reason, also after approval as long as it is not issued; it must be approved again."""
    measure = locked(measure_id, "return", revision, permission="measures.approve")
    if not reason.strip():
        raise BadInput("退回须写明理由。", field="opinion")
    measure.approver_id, measure.approver_name, measure.approved_on = None, "", None
    moved(measure, "return", reason.strip(), {"reason": reason.strip()})
    tell_of(measure, {measure.drafter_id}, f"被退回：{measure}", reason.strip())
    return measure


@in_one_piece
def issue(measure_id: int, *, revision: int | None = None) -> Measure:
    """编号印发: numbered, printed, shown to those concerned and told to them; the reply runs from today.

    Raises Refused where the 字轨 of its document is not confirmed.
    """
    demand("measures.issue")
    measure = locked(measure_id, "issue", revision)
    today = timezone.localdate()
    if measure.meets_at and timezone.localtime(measure.meets_at).date() < today:
        raise Refused("约谈时间已过，请退回改期后再印发。")
    if measure.reply_days:
        window = make_deadline(today, measure.reply_days, NATURAL, rules.REPLY_RULE)
        measure.reply_by, measure.reply_rule = window.due, window.as_json()
    content: dict[str, Any] = {
        "addressee": measure.subject_name,
        "post": measure.post,
        "matter": measure.matter,
        "facts": measure.facts,
        "basis": measure.basis,
        "decision": measure.decision,
        "grounds": [{"number": one["number"], "sentence": one["sentence"]} for one in measure.grounds],
    }
    if measure.reply_by:
        content["reply_by"] = measure.reply_by.isoformat()
    if measure.meets_at:
        content |= {"meets_at": timezone.localtime(measure.meets_at).isoformat(), "meets_where": measure.meets_where}
    measure.issued_on = measure.shown_on = today
    measure.open_to_all = measure.publish
    show(measure)
    document = keep_document(measure, DOCUMENT[measure.kind], content)
    measure.number = document.number
    moved(measure, "issue", document.number, {"number": document.number, "digest": document.digest})
    reply = f"请在{measure.reply_by}以前回复。" if measure.reply_by else ""
    tell_of(measure, people_of(measure), f"{document.title}{document.number}", f"{measure.matter}。{reply}")
    if measure.subject_kind == Measure.Subject.ENTERPRISE:
        words = f"{measure.subject_name}：{measure.matter}。供属地监管掌握，由企业回复。"
        leaders = posted(role="inspector", district_id=measure.district_id, leads=True)
        tell_of(measure, leaders, f"{document.title}{document.number}", words)
    return measure


def keep_document(measure: Measure, kind: str, content: Mapping[str, Any]) -> MeasureDocument:
    """In the name of the body that drew it up, whoever presses the button."""
    today = timezone.localdate()
    issued = issue_document(kind, Organisation.objects.get(pk=measure.body_id), today, content)
    # Each kind counts for itself, so two kinds under one 字轨 would meet; refused, the number is given back.
    if twin := MeasureDocument.objects.filter(number=issued.number).first():
        raise Refused(f"文号{issued.number}已经用在《{twin.title}》上：两种文书的字轨相同，请先在“文书字轨”中另定。")
    return MeasureDocument.objects.create(
        measure=measure,
        kind=kind,
        number=issued.number,
        issued_on=today,
        content=issued.content,
        digest=issued.digest,
        verify_code=issued.verify_code,
        open_to_all=measure.open_to_all,
        **whose(measure),
    )


def show(measure: Measure) -> None:
    """Name whom it concerns, which is what the wall goes by; from now on they see it."""
    setattr(measure, f"{measure.subject_kind}_id", measure.subject_id)
    if measure.subject_kind == Measure.Subject.ENTERPRISE:
        # 属地监管: whoever supervises the plant reads it, and answers for nothing in it.
        measure.district_id = Enterprise.everyone.get(pk=measure.subject_id).district_id
    MeasureStep.objects.filter(measure=measure).update(**whose(measure))


def whose(measure: Measure) -> dict[str, Any]:
    """The columns the wall goes by, for what belongs to a measure."""
    units = ("district_id", "organisation_id", "enterprise_id", "person_id", "shown_on")
    return {name: getattr(measure, name) for name in units}


@in_one_piece
def reply(measure_id: int, text: str) -> MeasureReply:
    """回复、申辩 by the one concerned, as often as needed until it is done; after the deadline it is marked late."""
    measure = seen(measure_id)
    demand("measures.reply", measure)
    if (measure.state, "reply") not in rules.MOVES:
        raise IllegalMove(f"现在是“{measure.get_state_display()}”，不能再回复。")
    if not text.strip():
        raise BadInput("请写明回复或申辩的内容。", field="text")
    made = MeasureReply.objects.create(
        measure=measure,
        text=text.strip(),
        by_name=who().person_name,
        by_unit=who().organisation_name,
        late=measure.reply_by is not None and timezone.localdate() > measure.reply_by,
        **whose(measure),
    )
    audit("measures.reply", measure, {"text": made.text, "late": made.late})
    tell(
        posted(role="office"),
        f"measure:{measure.pk}:reply:{made.pk}",
        f"收到回复：{measure}",
        made.text[:200],
        measure.get_absolute_url(),
    )
    return made


@in_one_piece
def add_file(measure_id: int, reply_id: int, upload) -> MeasureFile:
    """佐证 of a reply, by those who answer, as long as a reply may come; the same file sent twice is one.

    `upload`: a file of the request, or a finished upload of one's own.
    """
    measure = seen(measure_id)
    demand("measures.reply", measure)
    to = measure.replies.filter(pk=reply_id).first()
    if to is None:
        raise Http404(f"reply {reply_id} to measure {measure_id}")

    def still():
        if (measure.state, "reply") not in rules.MOVES:
            raise IllegalMove(f"现在是“{measure.get_state_display()}”，不能再添加佐证。")

    return keep_proof(to.files, upload, still, "measures.file", {"measure": measure, **whose(measure)})


@in_one_piece
def close(measure_id: int, outcome: str, *, revision: int | None = None) -> Measure:
    """办结, with what came of it. Refused while a reply is asked for, has not come and is not yet due."""
    demand("measures.close")
    measure = locked(measure_id, "close", revision)
    if not outcome.strip():
        raise BadInput("请写明办结意见：回复是否采纳，要求是否落实。", field="note")
    waits = measure.reply_by is not None and timezone.localdate() <= measure.reply_by
    if waits and not measure.replies.exists():
        raise Refused(f"回复期到{measure.reply_by}为止，对方还没有回复，期满后才能办结。")
    measure.closed_on, measure.outcome = timezone.localdate(), outcome.strip()
    moved(measure, "close", measure.outcome, {"outcome": measure.outcome})
    tell_of(measure, people_of(measure), f"已办结：{measure}", measure.outcome)
    return measure


@in_one_piece
def revoke(measure_id: int, reason: str, *, revision: int | None = None) -> Measure:
    """撤销 by a leader of the office, through a document that names the old one; it counts in no score from that day."""
    demand("measures.revoke")
    measure = locked(measure_id, "revoke", revision)
    if not reason.strip():
        raise BadInput("请写明撤销理由。", field="note")
    measure.revoked_on, measure.revoked_because = timezone.localdate(), reason.strip()
    old = measure.documents.get()
    content = {
        "addressee": measure.subject_name,
        "post": measure.post,
        "matter": f"关于撤销{old.number}的决定",
        "revokes": f"《{old.title}》（{old.number}）",
        "revokes_issued_on": old.issued_on.isoformat(),
        "reason": measure.revoked_because,
    }
    document = keep_document(measure, REVOCATION, content)
    # The wall lets this one column of a document change, and save() would write them all.
    old.superseded_on = document.issued_on
    old.save(update_fields=["superseded_on"])
    changes = {"reason": measure.revoked_because, "number": document.number, "digest": document.digest}
    moved(measure, "revoke", measure.revoked_because, changes)
    tell_of(measure, people_of(measure), f"已撤销：{measure}", f"{document.number}。{measure.revoked_because}")
    return measure


@in_one_piece
def withdraw(measure_id: int, reason: str, *, revision: int | None = None) -> Measure:
    """作废 before it is issued, with a reason; it stays on the record of the office."""
    demand("measures.draft")
    measure = locked(measure_id, "withdraw", revision)
    if not reason.strip():
        raise BadInput("请写明作废理由。", field="note")
    moved(measure, "withdraw", reason.strip(), {"reason": reason.strip()})
    return measure


def seen(measure_id: int) -> Measure:
    measure = Measure.objects.filter(pk=measure_id).first()
    if measure is None:
        raise Http404(f"measure {measure_id}")
    return measure


def locked(measure_id: int, verb: str, revision: int | None, *, permission: str = "") -> Measure:
    """Under its lock, where the verb fits its state and the acting person is not its subject."""
    measure = Measure.objects.select_for_update(of=("self",)).filter(pk=measure_id).first()
    if measure is None:
        raise Http404(f"measure {measure_id}")
    if permission:
        demand(permission, measure)
    not_oneself(measure)
    if revision not in (None, measure.revision):
        raise Refused(
            f"这一件刚刚被别人办理过，现在是“{measure.get_state_display()}”。请按现在的情况再办；您填写的内容仍在下面。"
        )
    if (measure.state, verb) not in rules.MOVES:
        raise IllegalMove(f"现在是“{measure.get_state_display()}”，不能{rules.VERBS[verb]}。")
    return measure


def not_oneself(measure: Measure) -> None:
    if measure.subject_kind == Measure.Subject.PERSON and measure.subject_id == who().person_id:
        raise Refused("涉及本人的事项由他人办理。")


def moved(measure: Measure, verb: str, words: str, changes: dict) -> None:
    measure.state = rules.MOVES[measure.state, verb]
    measure.revision += 1
    measure.save()
    step(measure, verb, words)
    audit(f"measures.{verb}", measure, changes)


def step(measure: Measure, verb: str, words: str) -> None:
    MeasureStep.objects.create(measure=measure, verb=verb, by_name=who().person_name, note=words, **whose(measure))


def tell_of(measure: Measure, people: set[int], title: str, body: str) -> None:
    key = f"measure:{measure.pk}:{measure.revision}:{measure.state}"
    tell(people, key, title, body, reverse("measure", args=[measure.pk]))


def note_file_taken(document: MeasureDocument) -> None:
    """Who opened the print of what is said of whom."""
    audit("measures.print", document, {"number": document.number})
