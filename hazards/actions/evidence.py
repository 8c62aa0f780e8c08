"""佐证材料: taking in a photo or PDF. There is no verb to take one back: what was handed in stays on the record, and a
better picture is added beside a bad one."""

from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from enterprises.models import Enterprise
from enterprises.rules.coordinates import Place, to_wgs84
from hazards import leads, rules
from hazards.models import Evidence, Hazard
from hazards.queries.pictures import alike
from portal.audit.record import note as audit
from portal.files import clamd, images, store
from portal.once import kept_before
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.sm3 import sm3
from portal.tenancy.scope import who
from portal.uploads.actions import taken
from portal.uploads.models import Upload

TAKEN = "这个上传编号已用于另一份材料，请重新选择文件上传。"
PROOF = (Evidence.Phase.BEFORE, Evidence.Phase.AFTER)


def add_evidence(
    upload,
    *,
    enterprise: Enterprise,
    phase: str,
    hazard: Hazard | None = None,
    visit_id: int | None = None,
    item_code: str = "",
    key: UUID | None = None,
    announced: bool = False,
    noted: Place | None = None,
) -> Evidence:
    """Keep an upload as received and say what it is proof of; the same key and file sent twice are one record.

    `upload` is a file of the request or a finished upload, which brings its own key. The enterprise adds before/after pictures of its own hazard while it is being rectified, in its present round;
    inspectors add what they found, until the notice is out, and after it only what was `announced` by its SM3 when it was issued.
    `noted` is where the device says it took it. Raises BadInput, TooLarge, IllegalMove, NotAllowed.
    """
    demand("evidence.upload")
    if isinstance(upload, Upload):
        key = upload.key
    content = images.read_upload(upload)
    proves = {
        "enterprise_id": enterprise.pk,
        "hazard_id": hazard.pk if hazard is not None else None,
        "visit_id": visit_id,
        "item_code": item_code,
        "phase": phase,
        "digest": sm3(content),
    }
    # An answer that was lost on its way is given again, whatever has become of the hazard since.
    if key and (first := sent_before(key, proves)):
        return first
    picture = images.inspect(content)
    if hazard is not None:
        # Held until the end, so that no picture slips in behind a hand-in that is being judged.
        hazard = Hazard.objects.select_for_update(of=("self",), no_key=True).get(pk=hazard.pk)
        if hazard.enterprise_id != enterprise.pk:
            raise BadInput("这条隐患不属于该企业。")
    if not announced:
        may_show(phase, hazard)
    kept = store.keep([content])
    me = who()
    evidence = Evidence(
        key=key or uuid4(),
        enterprise=enterprise,
        hazard=hazard,
        visit_id=visit_id,
        item_code=item_code,
        phase=phase,
        digest=kept.digest,
        round=hazard.round if hazard is not None and not announced else 0,
        filename=images.file_name(upload.name or "", picture.content_type),
        content_type=picture.content_type,
        size=kept.size,
        width=picture.width,
        height=picture.height,
        taken_at=picture.taken_at,
        exif=picture.exif,
        by_id=me.person_id,
        by_name=me.person_name,
    )
    evidence.likeness = picture.likeness
    if picture.likeness is not None:
        for n, band in enumerate(leads.bands(picture.likeness)):
            setattr(evidence, f"band_{n}", band)
    evidence.leads = leads_of(evidence, noted)
    if clamd.configured():
        evidence.scan = Evidence.Scan.WAITING
    if twice := kept_before(evidence, "evidence_key_once"):
        first = sent_before(evidence.key, proves)
        if first is None:
            raise Refused(TAKEN) from twice
        return first
    if isinstance(upload, Upload):
        taken(upload)
    audit("evidence.upload", evidence, {"digest": kept.digest, "phase": phase}, label=evidence.filename)
    return evidence


def may_show(phase: str, hazard: Hazard | None) -> None:
    """Who may add proof of what, and when."""
    if who().role == "officer":
        if hazard is None or phase not in PROOF:
            raise NotAllowed("企业只能为整改中的隐患上传整改前、整改后的照片。")
        if hazard.status != rules.RECTIFYING:
            raise IllegalMove(f"隐患现为“{hazard.get_status_display()}”，不能再添加照片。")
    elif phase in PROOF:
        raise NotAllowed("整改前、整改后的照片由企业自己上传。")
    elif hazard is not None and hazard.status != rules.RECORDED:
        raise IllegalMove(f"隐患现为“{hazard.get_status_display()}”，文书下达后不能再添加发现时的照片。")


def leads_of(evidence: Evidence, noted: Place | None) -> list[str]:
    """What a reviewer should look at. Only the plant's own pictures are compared: whoever sees this one sees them too."""
    if evidence.content_type == images.PDF:
        return []
    hazard, plant = evidence.hazard, evidence.enterprise
    notice = hazard.notice if hazard is not None else None
    told = leads.by_time(evidence.phase, evidence.taken_at, timezone.now(), notice.issued_on if notice else None)
    gps = evidence.exif.get("gps")
    place = None
    if plant.longitude is not None and plant.latitude is not None:
        place = to_wgs84(float(plant.longitude), float(plant.latitude), plant.coordinates_in)
    told += leads.by_place((gps[1], gps[0]) if gps else None, place, settings.EVIDENCE_FAR_METRES, noted)
    others = alike(evidence, Evidence.objects.filter(enterprise_id=plant.pk))
    if any(is_same_place(other, evidence) and other.phase != evidence.phase for other in others):
        told.append(leads.SAME_AS_BEFORE)
    if any(not is_same_place(other, evidence) for other in others):
        told.append(leads.SEEN_AT_PLANT)
    return told


def is_same_place(one: Evidence, other: Evidence) -> bool:
    """Proof of one and the same thing: a picture of a visit that became a hazard's keeps its visit's number."""
    return one.hazard_id == other.hazard_id if other.hazard_id else one.visit_id == other.visit_id


def sent_before(key: UUID, proves: dict) -> Evidence | None:
    """The record this key has made already. Raises Refused where that is proof of something else."""
    first = Evidence.objects.filter(key=key).first()
    if first and any(getattr(first, name) != value for name, value in proves.items()):
        raise Refused(TAKEN)
    return first
