"""What each kind of official document needs to be printed, and the check that it is all there.

A field is required unless marked NotRequired; required text may not be blank and required lists may not be empty. The
fields follow portal/reference/catalogs/enforcement_documents.csv (安全生产执法手册2020版).
"""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NewType, NotRequired, TypedDict, get_args, get_origin, get_type_hints, is_typeddict

from portal.legaldays import SHANGHAI

Day = NewType("Day", str)
"""A date as 2026-11-23; printed as 2026年11月23日."""
Moment = NewType("Moment", str)
"""A time as ISO 8601 with its offset; printed in Asia/Shanghai to the minute."""


class Incomplete(ValueError):
    """A field the contract requires is missing, blank or of the wrong kind; the message names it."""


class Signer(TypedDict):
    """执法人员: printed with a line to sign on (安全生产法第67条)."""

    name: str
    certificate_no: str


class Receipt(TypedDict):
    """签收: who took the document and when, or the note that they would not (安全生产法第68条)."""

    name: NotRequired[str]
    on: NotRequired[Day]
    refusal: NotRequired[str]


class Sheet(TypedDict):
    """Anything that is printed."""

    issued_on: Day
    """The day it carries."""


class Document(Sheet):
    """What every kind of official document prints."""

    organisation: str
    """制发机关 in full: 江南区应急管理局."""
    number: str
    """（江南）应急责改〔2026〕12号."""
    addressee: str
    """The enterprise's full name."""
    signers: list[Signer]
    verify_url: str
    """What the QR code holds."""
    verify_code: str
    digest: str
    """SM3 of what is printed, before it is printed: 64 hex digits."""
    electronic_seal: NotRequired[str]
    """What an electronic signature honestly is, printed where one is put on."""
    replaces: NotRequired[str]
    """Number of the document this one corrects and replaces, and why."""
    correction: NotRequired[str]
    receipt: NotRequired[Receipt]


class OrderItem(TypedDict):
    description: str
    basis: NotRequired[str]
    requirement: str
    deadline: Day
    """The last day, itself included (民法典第1259条: 以内含本数)."""
    level: NotRequired[str]
    """Printed only where it is 重大."""
    place: NotRequired[str]


class RectificationOrder(Document):
    """责令限期整改指令书 (安全生产法第65条; 令15号第17条)."""

    found_on: Day
    items: list[OrderItem]
    review_body: NotRequired[str]
    """行政复议机关, by name; without it 本级人民政府 (行政复议法第24条)."""
    court: NotRequired[str]


class MeasuresItem(TypedDict):
    description: str
    place: NotRequired[str]
    level: NotRequired[str]


class OnsiteMeasures(Document):
    """现场处理措施决定书 (安全生产法第65条; 令15号第14条)."""

    items: list[MeasuresItem]
    basis: str
    reach: str
    """全厂, or the unit, equipment or work that stands still."""
    measures: str
    until: Day
    review_body: NotRequired[str]
    court: NotRequired[str]


class RecheckItem(TypedDict):
    position: int
    """Its number in the order that was rechecked."""
    description: str
    requirement: NotRequired[str]
    deadline: Day
    submitted_on: NotRequired[Day]
    late: NotRequired[bool]
    result: str


class RecheckOpinion(Document):
    """整改复查意见书 (令15号第17条)."""

    order_number: str
    order_issued_on: Day
    items: list[RecheckItem]
    opinion: str
    awaits_confirmation: NotRequired[bool]
    """A 重大隐患 that a second person has yet to confirm before it is closed."""


class RecordItem(TypedDict):
    description: str
    basis: NotRequired[str]
    level: NotRequired[str]
    place: NotRequired[str]


class InspectionRecord(Document):
    """现场检查记录 (安全生产法第65、67、68条)."""

    address: str
    representative: NotRequired[str]
    """法定代表人（负责人）."""
    position: NotRequired[str]
    phone: NotRequired[str]
    place: NotRequired[str]
    """检查场所."""
    met_with: NotRequired[str]
    """陪同人员."""
    started_at: Moment
    ended_at: Moment
    situation: str
    """检查情况: what was looked at and how it was found."""
    items: NotRequired[list[RecordItem]]


class Task(TypedDict):
    """人员分工: one of the party and what they look at."""

    name: str
    task: str


class Approval(TypedDict):
    """审核, 审批: by name, on a day, in words."""

    name: str
    on: Day
    opinion: str


class InspectionPlan(Document):
    """现场检查方案 (安全生产法第65条): before the visit, reviewed by the section's head, approved by the leader in charge."""

    address: str
    planned_from: Day
    planned_to: Day
    place: NotRequired[str]
    contents: str
    """检查内容."""
    manner: str
    """检查方式."""
    tasks: list[Task]
    drafted: Approval
    reviewed: Approval
    approved: Approval


class ServedDocument(TypedDict):
    title: str
    number: str
    issued_on: Day


class DeliveryReceipt(Document):
    """送达回执 (行政处罚法第61条; 民事诉讼法 on service): how, to whom and when a document was served."""

    served: ServedDocument
    manner: str
    """送达方式."""
    served_at: Moment
    place: str
    note: NotRequired[str]


class BoardPlace(TypedDict):
    """One of the three 包保责任人; without a name the place is printed as a marked blank."""

    label: str
    name: NotRequired[str]
    post: NotRequired[str]
    phone: NotRequired[str]
    duties: NotRequired[list[str]]


class NoticeBoard(Sheet):
    """重大危险源安全包保公示牌 (应急厅〔2021〕12号): no official document, so without number, signers and QR code."""

    enterprise: str
    unit: str
    level: str
    """一级 … 四级, or that it is not settled yet."""
    places: list[BoardPlace]
    substances: NotRequired[list[str]]


class AnnexedPhoto(TypedDict):
    """One picture by what the document says of it: which item it shows, and its SM3."""

    shows: str
    digest: str
    withheld: NotRequired[str]
    """Why it is not printed."""


class PhotoAnnex(Sheet):
    """照片附件 of a document made before its photos had come: no document of its own, so it has no number.

    The document's content, which is frozen, names each picture by its SM3; so the sheet can only show those.
    """

    organisation: str
    of_title: str
    of_number: str
    of_digest: str
    addressee: str
    verify_url: str
    verify_code: str
    photos: list[AnnexedPhoto]


class TeamMember(TypedDict):
    name: str
    speciality: str
    leads: bool
    signed: Moment


class AssessedSheet(TypedDict):
    """评估表 and how its items were answered."""

    title: str
    edition: str
    items: int
    ok: int
    problem: int
    na: int


class AssessedProblem(TypedDict):
    sheet: str
    code: NotRequired[str]
    description: str
    place: NotRequired[str]
    level: str
    basis: NotRequired[str]


class AssessmentReport(Sheet):
    """专家评估报告: it demands nothing, so it is signed in the portal and carries the digest of its content instead of a QR code."""

    organisation: str
    number: str
    enterprise: str
    address: str
    purpose: str
    starts: Day
    ends: Day
    chosen: str
    team: list[TeamMember]
    sheets: list[AssessedSheet]
    diagnosis: str
    problems: NotRequired[list[AssessedProblem]]
    digest: str
    replaces: NotRequired[str]
    """Number of the report this one corrects."""


class Ground(TypedDict):
    """A record that a decision rests on, as it stood when it was drawn up."""

    number: str
    sentence: str


class Decision(Sheet):
    """表彰, 通报批评, 问责: what one body says of a unit or a person; no document of law enforcement, so without signers."""

    organisation: str
    number: str
    addressee: str
    post: NotRequired[str]
    """Of a person: where and as what they were posted then."""
    matter: str
    facts: str
    basis: NotRequired[str]
    decision: str
    grounds: NotRequired[list[Ground]]
    reply_by: NotRequired[Day]
    verify_url: str
    verify_code: str
    digest: str
    electronic_seal: NotRequired[str]


class InterviewNotice(Decision):
    """约谈通知书: with the hour and the place."""

    meets_at: Moment
    meets_where: str


class ReportSection(TypedDict):
    title: str
    text: str


class ReportLine(TypedDict):
    """One figure against the period before and the same of last year; a dash where there is none."""

    label: str
    value: str
    before: str
    year_before: str


class ReportGroup(TypedDict):
    title: str
    lines: list[ReportLine]


class ReportTable(TypedDict):
    """Districts down, figures across."""

    title: str
    head: list[str]
    rows: list[list[str]]


class WorkReport(Sheet):
    """专项整治工作周报、月报、季报: it demands nothing of anybody, so it carries its digest and no number."""

    organisation: str
    name: str
    place: str
    since: Day
    until: Day
    as_of: Moment
    draft: NotRequired[bool]
    withdrawn: NotRequired[str]
    sections: list[ReportSection]
    groups: list[ReportGroup]
    tables: NotRequired[list[ReportTable]]
    digest: NotRequired[str]


class Revocation(Sheet):
    """撤销决定书: takes back an earlier decision by its number, with the reason."""

    organisation: str
    number: str
    addressee: str
    post: NotRequired[str]
    matter: str
    revokes: str
    revokes_issued_on: Day
    reason: str
    verify_url: str
    verify_code: str
    digest: str
    electronic_seal: NotRequired[str]


CONTRACTS: dict[str, type] = {
    "rectification_order": RectificationOrder,
    "onsite_measures": OnsiteMeasures,
    "recheck_opinion": RecheckOpinion,
    "inspection_record": InspectionRecord,
    "inspection_plan": InspectionPlan,
    "delivery_receipt": DeliveryReceipt,
    "notice_board": NoticeBoard,
    "assessment_report": AssessmentReport,
    "commendation_decision": Decision,
    "criticism_circular": Decision,
    "interview_notice": InterviewNotice,
    "accountability_decision": Decision,
    "measure_revocation": Revocation,
    "photo_annex": PhotoAnnex,
    "work_report": WorkReport,
}
TITLES = {
    "rectification_order": "责令限期整改指令书",
    "onsite_measures": "现场处理措施决定书",
    "recheck_opinion": "整改复查意见书",
    "inspection_record": "现场检查记录",
    "inspection_plan": "现场检查方案",
    "delivery_receipt": "送达回执",
    "notice_board": "重大危险源安全包保公示牌",
    "assessment_report": "专家评估报告",
    "commendation_decision": "表彰决定",
    "criticism_circular": "通报批评",
    "interview_notice": "约谈通知书",
    "accountability_decision": "问责决定书",
    "measure_revocation": "撤销决定书",
    "photo_annex": "文书照片附件",
    "work_report": "专项整治工作报告",
}
# What a correction may word anew, by kind: fields of the document, and fields of its items. Days, levels and numbers have verbs of
# their own (延期, 升降级); a plan is approved as it stands, so a changed one is another plan.
CORRECTABLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "rectification_order": ((), ("description", "place", "basis", "requirement")),
    "onsite_measures": (("basis", "measures"), ("description", "place")),
    "recheck_opinion": (("opinion",), ("result",)),
    "inspection_record": (("place", "met_with", "situation"), ()),
    "delivery_receipt": (("place", "note"), ()),
}
WORDS = {
    "description": "情况",
    "place": "部位、地点",
    "basis": "依据",
    "requirement": "整改要求",
    "measures": "处理决定",
    "opinion": "复查意见",
    "result": "复查情况",
    "met_with": "陪同人员",
    "situation": "检查情况",
    "note": "备注",
}
BLANK: dict[Any, Any] = {int: 0, bool: False, list: []}


def checked(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's fields alone, cleaned, with blanks for what may be missing. Raises Incomplete."""
    if kind not in CONTRACTS:
        raise Incomplete(f"no such document: {kind!r}")
    try:
        document = taken(CONTRACTS[kind], data, "")
        if "signers" in document and len(document["signers"]) < 2:
            raise Incomplete("signers: two are required (安全生产法第67条)")
    except Incomplete as fault:
        raise Incomplete(f"{kind} ({TITLES[kind]}): {fault}") from None
    return {"title": TITLES[kind], **document}


def taken(hint: Any, value: Any, path: str) -> Any:
    if is_typeddict(hint):
        if not isinstance(value, Mapping):
            raise Incomplete(f"{path or 'data'}: a mapping is required")
        dot = f"{path}." if path else ""
        return {
            name: taken(of, value.get(name), dot + name)
            if name in hint.__required_keys__ or value.get(name) not in (None, "", [], {})
            else blank(of)
            for name, of in get_type_hints(hint).items()
        }
    if get_origin(hint) is list:
        if not isinstance(value, (list, tuple)) or not value:
            raise Incomplete(f"{path}: at least one is required")
        return [taken(get_args(hint)[0], each, f"{path}[{n}]") for n, each in enumerate(value)]
    if hint in (int, bool):
        if type(value) is not hint:
            raise Incomplete(f"{path}: {hint.__name__} is required, not {value!r}")
        return value
    if not isinstance(value, str) or not (text := printable(value)):
        raise Incomplete(f"{path}: text is required, not {value!r}")
    try:
        if hint is Day:
            return date.fromisoformat(text).isoformat()
        if hint is Moment:
            return local(datetime.fromisoformat(text))
    except ValueError as error:
        raise Incomplete(f"{path}: {error}") from None
    return text


def blank(hint: Any) -> Any:
    if is_typeddict(hint):
        return {name: blank(of) for name, of in get_type_hints(hint).items()}
    return BLANK.get(get_origin(hint) or hint, "")


def local(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    return moment.astimezone(SHANGHAI).isoformat(timespec="minutes")


def printable(text: str) -> str:
    """Without control characters and those that turn the writing direction round; new lines stay."""
    text = text.replace("\t", " ")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()
