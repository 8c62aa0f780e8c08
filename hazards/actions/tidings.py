"""What people are told at once, when a verb has been done. What comes with time is in hazards/actions/reminders.py."""

from django.db.models import Q
from django.urls import reverse

from hazards.models import Hazard, Level, Notice
from portal.messages.actions import tell
from portal.tenancy.models import Posting, Role
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


def submitted(hazard: Hazard) -> None:
    """提交 → the inspectors who signed the notice; the whole district where none of them is posted any more."""
    signers = {signer.get("person_id") for signer in hazard.notice.signers}
    inspectors = posted(role=Role.INSPECTOR, district_id=hazard.district_id)
    others = posted(person_id__in=signers, role__in=(Role.OFFICE, Role.DEPARTMENT))
    tell(
        (signers & inspectors) | others or inspectors,
        f"hazard:{hazard.pk}:submitted:{hazard.round}",
        f"待复查：{hazard.enterprise.name}已提交整改情况",
        f"{hazard.description}\n整改期限{hazard.deadline}，{'逾期' if hazard.late else '按期'}提交。请在10日内复查（令15号第17条）。",
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
