"""照片附件: the photos that followed a document which was handed over where there was no signal (docs/decisions/0015)."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from hazards.models import Evidence, Notice
from portal.documents import pdf
from portal.files import images
from portal.refusals import Refused

WAIT_DAYS = 7


@dataclass(frozen=True)
class Announced:
    """One picture that the document names by its SM3, and what came of it."""

    hazard_id: int
    digest: str
    came: Evidence | None

    @property
    def settled(self) -> bool:
        """It is here, and looked through."""
        return self.came is not None and self.came.scan != Evidence.Scan.WAITING


def followed(notice: Notice) -> list[Announced]:
    """The pictures that are not in the document's own annex, because they came after it; none for most documents."""
    named = notice.content.get("photos", [])[len(notice.photo_ids) :]
    if not named:
        return []
    came = Evidence.objects.filter(
        hazard_id__in={one["hazard_id"] for one in named}, digest__in={one["digest"] for one in named}, phase="found"
    )
    by_name = {(one.hazard_id, one.digest): one for one in came.order_by("-pk")}
    return [Announced(one["hazard_id"], one["digest"], by_name.get((one["hazard_id"], one["digest"]))) for one in named]


def unsettled(photos: list[Announced]) -> int:
    return sum(not one.settled for one in photos)


def waited_for(notice: Notice) -> bool:
    """A device may be lost with what is on it: no sheet waits for ever."""
    return timezone.localdate() <= notice.issued_on + timedelta(days=WAIT_DAYS)


def withheld(photo: Evidence | None) -> str:
    if photo is None:
        return "尚未传回"
    return "" if photo.served else f"查毒结果：{photo.get_scan_display()}，未印"


def annex(notice: Notice) -> bytes:
    """As PDF, the same each time: the sealed originals and the document's own content say all of it. Raises Refused."""
    photos = followed(notice)
    if not photos:
        raise Refused("这份文书没有单独的照片附件：有照片的，已印在文书PDF里。")
    if (lacking := unsettled(photos)) and waited_for(notice):
        raise Refused(
            f"还有{lacking}张照片没有从检查人员的设备传回（或正在查毒），传齐后才能打印照片附件；"
            f"文书制发{WAIT_DAYS}日后仍未传齐的，按已传回的打印并注明。"
        )
    numbers = {item.get("hazard_id"): n for n, item in enumerate(notice.printed_items, 1)}
    listed, printed = [], []
    for number, one in enumerate(photos, 1):
        shows = f"第{numbers.get(one.hazard_id, '?')}项"
        photo = one.came
        listed.append({"shows": shows, "digest": one.digest, "withheld": withheld(photo)})
        if photo and photo.served:
            taken = timezone.localtime(photo.taken_at or photo.uploaded_at)
            when = f"{'拍摄' if photo.taken_at else '传回'}于{taken:%Y-%m-%d %H:%M}"
            printed.append((images.display_copy(photo.digest, 1280), f"照片{number}　{shows}　{when}"))
    told = {
        "issued_on": notice.issued_on.isoformat(),
        "organisation": notice.content["organisation"],
        "of_title": notice.title,
        "of_number": notice.number,
        "of_digest": notice.digest,
        "addressee": notice.content["addressee"],
        "verify_url": notice.content["verify_url"],
        "verify_code": notice.verify_code,
        "photos": listed,
    }
    return pdf.render("photo_annex", told, printed)
