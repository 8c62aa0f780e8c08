"""What people are told at once, when a verb has been done. What comes with time is in hazards/actions/reminders.py."""

from django.db.models import Q
from django.urls import reverse

from hazards.models import Extension, Hazard, Level, Notice, RectificationPlan, Supervision, Suspension
from portal.messages.actions import tell
from portal.tenancy.models import Organisation, Posting, Role
from portal.tenancy.queries import officers_of, posted


def page_of(hazard: Hazard) -> str:
    return reverse("hazard", args=[hazard.pk])


def notice_issued(notice: Notice) -> None:
    """下达 → the enterprise's officers: sign for it, and see what is due when."""
    items = notice.content["items"]
    first = min((item["deadline"] for item in items), default="")
    tell(
        officers_of(notice.enterprise_id),
        f"notice:{notice.pk}:issued",
        f"收到{notice.get_kind_display()}{notice.number}",
        f"共{len(items)}项，最近的整改期限为{first}。请先签收文书，再逐项整改并上传整改前后照片。",
        reverse("notice", args=[notice.pk]),
        urgent=True,
    )


def corrected(notice: Notice, old: Notice) -> None:
    """更正 → the enterprise's officers: what holds now, and that it is signed for anew."""
    tell(
        officers_of(notice.enterprise_id),
        f"notice:{notice.pk}:corrected",
        f"{old.number}已更正为{notice.number}",
        f"更正理由：{notice.content['correction']}。" + ("请签收更正后的文书。" if notice.is_served else ""),
        reverse("notice", args=[notice.pk]),
    )


def handlers(hazard: Hazard) -> set[int]:
    """Who looks after it: the unit it was handed to; else whoever took it over, those who signed its notice, or the whole district."""
    if hazard.handler_id and (taken_over := posted(organisation_id=hazard.handler_id)):
        return taken_over
    signers = {signer.get("person_id") for signer in hazard.notice.signers} if hazard.notice else set()
    signers = {hazard.keeper_id} if hazard.keeper_id else signers
    inspectors = posted(role=Role.INSPECTOR, district_id=hazard.district_id)
    others = posted(person_id__in=signers, role__in=(Role.OFFICE, Role.DEPARTMENT))
    return (signers & inspectors) | others or inspectors or posted(role=Role.OFFICE)


def leadership(district_id: int) -> set[int]:
    return posted(role=Role.INSPECTOR, district_id=district_id, leads=True)


def submitted(hazard: Hazard) -> None:
    """提交 → whoever looks after it."""
    tell(
        handlers(hazard),
        f"hazard:{hazard.pk}:submitted:{hazard.round}",
        f"待复查：{hazard.enterprise.name}已提交整改情况",
        f"{hazard.description}\n整改期限{hazard.deadline}，{'逾期' if hazard.late else '按期'}提交。请在{hazard.recheck_by}以前复查（令15号第17条，10日内）。",
        page_of(hazard),
    )


def returned(hazard: Hazard, reason: str) -> None:
    """退回, 重新整改 → the enterprise's officers, with the reason."""
    tell(
        officers_of(hazard.enterprise_id),
        f"hazard:{hazard.pk}:returned:{hazard.round}",
        "隐患须继续整改，请按意见办理",
        f"{hazard.description}\n意见：{reason}\n整改期限{hazard.deadline}。",
        page_of(hazard),
        urgent=True,
    )


def closed(hazard: Hazard) -> None:
    """销号 → the enterprise's officers."""
    tell(
        officers_of(hazard.enterprise_id),
        f"hazard:{hazard.pk}:closed:{hazard.round}",
        "隐患已销号",
        hazard.description,
        page_of(hazard),
    )


def found_untrue(hazard: Hazard, item_id: int, note: str) -> None:
    """抽查不属实 → the office, which alone may take a closing back."""
    tell(
        posted(role=Role.OFFICE),
        f"sample_item:{item_id}:untrue",
        f"抽查不属实：{hazard.enterprise.name}的一条已销号隐患",
        f"{hazard.description}\n复核情况：{note}\n请核实后决定是否重新整改。",
        reverse("sample_item", args=[item_id]),
        urgent=True,
    )


def awaiting_confirmation(hazard: Hazard) -> None:
    """复查通过的重大隐患 → whoever may give the second word: the office and the district's leadership (handbook §4)."""
    second = Posting.objects.current().filter(
        Q(role=Role.OFFICE) | Q(role=Role.INSPECTOR, district_id=hazard.district_id, leads=True)
    )
    tell(
        set(second.values_list("person_id", flat=True)) - {hazard.rechecked_by_id},
        f"hazard:{hazard.pk}:confirming:{hazard.round}",
        f"待审核销号：{hazard.enterprise.name}的{Level.MAJOR.label}隐患已复查通过",
        f"{hazard.description}\n须由复查人以外的人员审核后销号。",
        page_of(hazard),
        urgent=True,
    )


def extension_asked(hazard: Hazard, extension: Extension) -> None:
    """申请延期 → whoever answers it."""
    tell(
        posted(role=Role.OFFICE) if hazard.office_answers else handlers(hazard),
        f"extension:{extension.pk}:asked",
        f"延期申请待答复：{hazard.enterprise.name}申请延至{extension.wanted}",
        f"{hazard.description}\n原期限{extension.old_deadline}。理由：{extension.reason}\n"
        f"请于{extension.answer_due}前书面答复；答复以前原期限不变。",
        page_of(hazard),
        urgent=True,
    )


def extension_answered(hazard: Hazard, extension: Extension) -> None:
    """答复, 更正 → the enterprise's officers."""
    said = {
        Extension.State.GRANTED: f"同意延期，整改期限改为{hazard.deadline}",
        Extension.State.REFUSED: f"不同意延期，整改期限仍为{hazard.deadline}",
        Extension.State.CORRECTED: f"延期决定已更正，整改期限为{hazard.deadline}",
    }[Extension.State(extension.state)]
    tell(
        officers_of(hazard.enterprise_id),
        f"extension:{extension.pk}:{extension.state}:{hazard.deadline}",
        said,
        f"{hazard.description}\n理由：{extension.correction or extension.answer}",
        page_of(hazard),
        urgent=True,
    )


def extension_lapsed(hazard: Hazard, extension: Extension) -> None:
    """逾期未答复 → the enterprise, whoever should have answered, and those above."""
    tell(
        officers_of(hazard.enterprise_id)
        | handlers(hazard)
        | leadership(hazard.district_id)
        | posted(role=Role.OFFICE),
        f"extension:{extension.pk}:lapsed",
        f"延期申请逾期未答复，整改期限仍为{hazard.deadline}",
        f"{hazard.enterprise.name}：{hazard.description}\n应于{extension.answer_due}前答复。期限届满以前，企业可以再次申请。",
        page_of(hazard),
        urgent=True,
    )


def plan_filed(hazard: Hazard, plan: RectificationPlan) -> None:
    """五落实方案 → whoever looks after the hazard."""
    tell(
        handlers(hazard),
        f"plan:{plan.pk}",
        f"{hazard.enterprise.name}已填报五落实整改方案",
        f"{hazard.description}\n责任人{plan.responsible}，计划{plan.ends_on}完成。",
        page_of(hazard),
    )


def supervised(hazard: Hazard, supervision: Supervision) -> None:
    """挂牌督办 → the enterprise, the leader who answers for it, and the district's leadership."""
    tell(
        officers_of(hazard.enterprise_id) | {supervision.leader_id} | leadership(hazard.district_id) | handlers(hazard),
        f"supervision:{supervision.pk}:ordered",
        f"挂牌督办：{hazard.enterprise.name}的{Level.MAJOR.label}隐患",
        f"{hazard.description}\n督办责任领导{supervision.leader_name}。要求：{supervision.requirement}",
        page_of(hazard),
        urgent=True,
    )


def unsupervised(hazard: Hazard, supervision: Supervision) -> None:
    tell(
        officers_of(hazard.enterprise_id) | {supervision.leader_id} | leadership(hazard.district_id),
        f"supervision:{supervision.pk}:lifted",
        f"已解除挂牌督办：{hazard.enterprise.name}",
        f"{hazard.description}\n理由：{supervision.lifted_because}",
        page_of(hazard),
    )


def transferred(hazard: Hazard, receiver: Organisation, reason: str) -> None:
    """移交 → everybody of the unit that takes it over."""
    tell(
        posted(organisation_id=receiver.pk),
        f"hazard:{hazard.pk}:transfer:{hazard.revision}",
        f"移交{receiver.short_name or receiver.name}承办：{hazard.enterprise.name}的隐患",
        f"{hazard.description}\n理由：{reason}",
        page_of(hazard),
        urgent=True,
    )


def concerned(suspension: Suspension) -> set[int]:
    return (
        posted(role=Role.INSPECTOR, district_id=suspension.district_id)
        | posted(role=Role.DEPARTMENT, sectors__contains=[suspension.sector])
        | posted(role=Role.OFFICE)
    )


def suspended(suspension: Suspension) -> None:
    """责令停产停业 → the enterprise, the district, the departments of its sector and the office."""
    tell(
        officers_of(suspension.enterprise_id) | concerned(suspension),
        f"suspension:{suspension.pk}:ordered",
        f"责令停产停业：{suspension.enterprise.name}（{suspension}）",
        f"{suspension.notice.number}，自{suspension.starts}至{suspension.until}。事由：{suspension.reason}",
        reverse("suspension", args=[suspension.pk]),
        urgent=True,
    )


def resumed(suspension: Suspension) -> None:
    tell(
        officers_of(suspension.enterprise_id) | concerned(suspension),
        f"suspension:{suspension.pk}:lifted",
        f"同意恢复生产：{suspension.enterprise.name}（{suspension}）",
        f"{suspension.notice.number}。审查意见：{suspension.lifted_because}",
        reverse("suspension", args=[suspension.pk]),
        urgent=True,
    )


def suspension_ending(suspension: Suspension, step: int) -> None:
    """到期 → those who decide, before it comes and again and again once it has come: the end of its term lifts nothing."""
    when = f"将于{suspension.until}到期" if step < 0 else f"已于{suspension.until}到期而未解除"
    people = leadership(suspension.district_id) | posted(role=Role.OFFICE)
    tell(
        concerned(suspension) if step >= 0 else people,
        f"suspension:{suspension.pk}:ending:{step}",
        f"停产停业{when}：{suspension.enterprise.name}（{suspension}）",
        "请组织审查：具备条件的同意恢复；不具备条件的依法另行处理。未经审查同意不得恢复生产。",
        reverse("suspension", args=[suspension.pk]),
        urgent=True,
    )
