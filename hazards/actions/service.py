"""送达: how, to whom and when a document was served, as 送达回执 says it (行政处罚法第61条; 民事诉讼法第87至95条)."""

from datetime import datetime

from django.http import Http404
from django.utils import timezone

from hazards.actions.notices import make, two_signers
from hazards.models import Notice
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece

MANNERS = {
    "direct": "直接送达",
    "left": "留置送达",
    "post": "邮寄送达",
    "entrusted": "委托送达",
    "electronic": "电子送达",
    "public": "公告送达",
}
# What proves a service that nobody signs for on the spot.
PROOF = {
    "post": "请在备注中写明邮件单号和签收情况。",
    "entrusted": "请在备注中写明受委托的机关和送达情况。",
    "electronic": "请在备注中写明受送达人同意的送达地址和到达情况。",
    "public": "请在备注中写明公告的载体和起止日期。",
}


@in_one_piece
def serve(
    notice_id: int,
    *,
    manner: str,
    served_at: datetime,
    place: str,
    second_id: int | None,
    signed_by: str = "",
    refusal: str = "",
    witness: str = "",
    note: str = "",
) -> Notice:
    """制作送达回执. Two people serve; who will not sign is served by leaving it before a witness (民事诉讼法第89条).

    The day moves no deadline: 整改期限 is a day that the order itself names; the receipt proves from when the 60 days and six
    months of the remedies run. Raises BadInput, Refused, NotAllowed.
    """
    demand("notices.serve")
    notice = (
        Notice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enterprise", "organisation")
        .filter(pk=notice_id)
        .first()
    )
    if notice is None:
        raise Http404(f"notice {notice_id}")
    demand("notices.serve", notice)
    if not notice.is_delivered:
        raise Refused(f"{notice.title}不需要送达回执。")
    if notice.superseded_on:
        raise Refused(f"{notice.number}已被更正，请就更正后的文书制作送达回执。")
    if done := notice.follow_ups.filter(kind=Notice.Kind.RECEIPT, superseded_on=None).first():
        raise Refused(f"已有送达回执{done.number}。写错的，请在回执上办理更正。")
    if manner not in MANNERS:
        raise BadInput("请选择送达方式。", field="manner")
    if served_at > timezone.now():
        raise BadInput("送达时间不能晚于现在。", field="served_at")
    if timezone.localtime(served_at).date() < notice.issued_on:
        raise BadInput(f"送达时间不能早于文书日期{notice.issued_on}。", field="served_at")
    signed_by, refusal, witness, note = (text.strip() for text in (signed_by, refusal, witness, note))
    if not place.strip():
        raise BadInput("请填写送达地点。", field="place")
    if manner == "direct" and (not signed_by or refusal):
        raise BadInput("直接送达须由收件人签名；拒绝签收的，请选“留置送达”。", field="signed_by")
    if manner == "left" and not refusal:
        raise BadInput("留置送达须写明拒绝签收的情况。", field="refusal")
    if manner == "left" and not witness:
        raise BadInput("留置送达须写明见证人及其单位，或者拍照、录像的情况。", field="witness")
    if manner in PROOF and not note:
        raise BadInput(PROOF[manner], field="note")
    if refusal:
        received = {"refusal": f"{refusal.rstrip('。')}。见证人：{witness}" if witness else refusal}
    else:
        received = {"name": signed_by, "on": timezone.localtime(served_at).date().isoformat()} if signed_by else {}
    receipt = make(
        Notice.Kind.RECEIPT,
        notice.enterprise,
        notice.organisation,
        two_signers(second_id),
        timezone.localdate(),
        [],
        {
            "addressee": notice.content["addressee"],
            "served": {"title": notice.title, "number": notice.number, "issued_on": notice.issued_on.isoformat()},
            "manner": MANNERS[manner],
            "served_at": timezone.localtime(served_at).isoformat(timespec="minutes"),
            "place": place.strip(),
            "note": note,
            "receipt": received,
        },
        about=notice,
    )
    audit("notices.serve", receipt, {"notice": notice.number, "manner": MANNERS[manner]})
    return receipt
