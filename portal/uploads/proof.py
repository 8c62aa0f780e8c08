"""A photo or PDF that goes with a record of any floor: looked at, kept once, and on the trail."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.audit.record import note as audit
from portal.files import images, quarantine
from portal.refusals import BadInput
from portal.tenancy.scope import who
from portal.uploads.actions import taken
from portal.uploads.models import Upload


def keep_proof(files: Any, upload, still: Callable[[], None], action: str, more: Mapping[str, Any]) -> Any:
    """The one of `files`, a record's own, that holds this content; the same sent twice is one. Raises BadInput, TooLarge.

    `upload`: a file of the request, or a finished upload of one's own. `still` refuses where nothing may be added any more;
    an answer that was lost on its way is given again all the same. `more`: what else a new one is made with.
    """
    content = images.read_upload(upload)
    picture = images.inspect(content)
    if isinstance(upload, Upload) and upload.used_at:
        kept = files.filter(digest=upload.digest).first()
        if kept is None:
            raise BadInput("这个文件的上传编号已用于别的材料，请重新上传。", field="upload")
        return kept
    still()
    digest = quarantine.take_in(content).digest
    file, fresh = files.get_or_create(
        digest=digest,
        defaults={
            "filename": images.file_name(upload.name or "", picture.content_type),
            "content_type": picture.content_type,
            "by_name": who().person_name,
            **more,
        },
    )
    if isinstance(upload, Upload):
        taken(upload)
    if fresh:
        audit(action, file, {"digest": digest}, label=file.filename)
    return file
