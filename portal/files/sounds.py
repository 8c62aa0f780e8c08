"""Recorded sounds: what is taken in, and how it is played."""

from portal.files import apart, clamd, images
from portal.refusals import BadInput, Refused, TooLarge

MAX_BYTES = 4 * 2**20
"""Two minutes in any of the forms that browsers record."""


class NotLookedAt(Refused):
    """Whoever sends it keeps it, and sends it again."""

    status = 503
    code = "not_scanned"


def taken_in(upload) -> tuple[bytes, str]:
    """A sound's bytes and content type. Raises TooLarge, BadInput, and NotLookedAt where the virus scanner is away."""
    if upload.size > MAX_BYTES:
        raise TooLarge(f"录音有{upload.size / 2**20:.1f}MB，超过{MAX_BYTES // 2**20}MB的上限，没有保存。", field="file")
    content = images.read_upload(upload)
    content_type = apart.hear(content)["content_type"]
    if clamd.configured():
        try:
            found = clamd.infected(content)
        except (clamd.Away, clamd.NoVerdict) as away:
            raise NotLookedAt("查毒服务暂时没有应答，录音还在您的设备上，稍后会自动再传。") from away
        if found:
            raise BadInput("录音文件查出病毒，没有保存。", field="file")
    return content, content_type
