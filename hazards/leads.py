"""What a picture says about itself that a reviewer should look at. Leads, never verdicts: each has a harmless cause too."""

from datetime import date, datetime, timedelta
from math import cos, hypot, radians

from enterprises.rules.coordinates import Place

BEFORE_NOTICE = "before_notice"
AFTER_UPLOAD = "after_upload"
NO_TIME = "no_time"
FAR = "far"
FAR_BY_DEVICE = "far_by_device"
SAME_AS_BEFORE = "same_as_before"
SEEN_AT_PLANT = "seen_at_plant"
SEEN_ELSEWHERE = "seen_elsewhere"

WORDS = {
    BEFORE_NOTICE: "拍摄时间早于文书下达，可能不是整改后的照片，请核对",
    AFTER_UPLOAD: "拍摄时间晚于上传时间，手机时钟可能不准，请核对",
    NO_TIME: "照片里没有拍摄时间，可能经过转发或截图，请核对",
    FAR: "照片里的拍摄地点离企业较远，定位可能不准或不在现场，请核对",
    FAR_BY_DEVICE: "照片里没有地点，拍照设备记下的地点离企业较远，定位可能不准或不在现场，请核对",
    SAME_AS_BEFORE: "与整改前或发现时的照片相同或相近，可能传错，请核对",
    SEEN_AT_PLANT: "与本企业另一条隐患的照片相同或相近，可能重复使用，请核对",
    SEEN_ELSEWHERE: "与另一企业的照片相同或相近，可能误用，请核对",
}

CLOCKS_DIFFER = timedelta(minutes=10)
NEAR = 6
"""Of 64 bits: what the same scene loses by being sent on, made smaller or saved again."""
BANDS = 4
METRES_A_DEGREE = 111_320


def by_time(phase: str, taken_at: datetime | None, now: datetime, ordered_on: date | None) -> list[str]:
    """`ordered_on` is the day of the notice; a picture of the same day counts as taken after it."""
    if taken_at is None:
        return [NO_TIME]
    told = [AFTER_UPLOAD] if taken_at > now + CLOCKS_DIFFER else []
    if phase == "after" and ordered_on is not None and taken_at.date() < ordered_on:
        told.append(BEFORE_NOTICE)
    return told


def by_place(taken: Place | None, plant: Place | None, far_m: float, noted: Place | None = None) -> list[str]:
    """All in WGS-84, as cameras and browsers write it; nothing where it is unknown. `noted` beside the picture, by the device that
    took it, counts where the picture itself says nothing."""
    lead = FAR if taken is not None else FAR_BY_DEVICE
    taken = taken or noted
    if taken is None or plant is None:
        return []
    east = (taken[0] - plant[0]) * cos(radians(plant[1]))
    return [lead] if hypot(east, taken[1] - plant[1]) * METRES_A_DEGREE > far_m else []


def bands(likeness: int) -> list[int]:
    """The 64 bits in four pieces of 16."""
    return [(likeness >> (16 * n)) & 0xFFFF for n in range(BANDS)]


def neighbours(band: int) -> list[int]:
    """Every piece that differs in one bit at most: six differences over four pieces leave one piece with one or none."""
    return [band, *(band ^ (1 << n) for n in range(16))]


def apart(one: int, other: int) -> int:
    """In how many of 64 bits two pictures differ."""
    return ((one ^ other) & (2**64 - 1)).bit_count()
