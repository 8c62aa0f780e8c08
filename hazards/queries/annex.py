"""照片附件: the photos that came, or were found clean, only after the document that names them was made (docs/decisions/0015)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from hazards.models import Evidence, Notice
from portal.documents import pdf
from portal.files import images
from portal.refusals import Refused

WAIT_DAYS = 7


# Hazards → their announced pictures that have not come yet, as a document names them: the floor that knows the devices says so.
announcers: list[Callable[[Collection[int]], list[dict]]] = []


def to_follow(hazards: Collection[int]) -> list[dict]:
    return [photo for announced in announcers for photo in announced(hazards)]


def named(photo: "Evidence | Announced") -> dict:
    """A picture as a document's content names it."""
    return {"hazard_id": photo.hazard_id, "phase": photo.phase, "digest": photo.digest}


def printable(photo: Evidence) -> bool:
    """PDFs stay on the portal."""
    return photo.served and photo.content_type != images.PDF


def caption(photo: Evidence) -> str:
    taken = timezone.localtime(photo.taken_at or photo.uploaded_at)
    when = f"{'拍摄' if photo.taken_at else '上传'}于{taken:%Y-%m-%d %H:%M}"
    return f"{photo.get_phase_display()}　{when}"


@dataclass(frozen=True)
class Announced:
    """One picture that the document names by its SM3, and what came of it."""

    hazard_id: int
    phase: str
    digest: str
    came: Evidence | None

    @property
    def settled(self) -> bool:
        """It is here, and looked through."""
        return self.came is not None and self.came.scan != Evidence.Scan.WAITING


def followed(notice: Notice) -> list[Announced]:
    """The pictures that are not in the document's own annex, because they came after it; none for most documents."""
    names = [(one["hazard_id"], one["phase"], one["digest"]) for one in notice.content.get("photos", [])]
    names = names[len(notice.photo_ids) :]
    if not names:
        return []
    came = Evidence.objects.filter(
        hazard_id__in={hazard for hazard, _, _ in names}, digest__in={digest for _, _, digest in names}
    )
    by_name = {(one.hazard_id, one.phase, one.digest): one for one in came.order_by("-pk")}
    return [Announced(*name, by_name.get(name)) for name in names]


def unsettled(photos: list[Announced]) -> int:
    return sum(not one.settled for one in photos)


def waited_for(notice: Notice) -> bool:
    """A device may be lost with what is on it: no sheet waits for ever."""
    return timezone.localdate() <= notice.issued_on + timedelta(days=WAIT_DAYS)


def withheld(photo: Evidence | None) -> str:
    if photo is None:
        return "尚未传回"
    if not photo.served:
        return f"查毒结果：{photo.get_scan_display()}，未印"
    return "" if printable(photo) else "PDF文件，在平台上查看，未印"


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
        if photo and printable(photo):
            printed.append((images.display_copy(photo.digest, 1280), f"照片{number}　{shows}　{caption(photo)}"))
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
