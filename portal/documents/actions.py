"""文书字轨: confirmed by a named person, with its source."""

import re

from portal.audit.record import note as audit
from portal.documents.codes import NUMBERED
from portal.documents.contracts import TITLES
from portal.documents.models import DocumentCode
from portal.permissions import demand
from portal.refusals import BadInput
from portal.tenancy.scope import in_one_piece, who


@in_one_piece
def confirm_code(kind: str, characters: str, source: str) -> DocumentCode:
    """确认字轨: from the next document on. What was numbered before keeps its number. Raises BadInput, NotAllowed."""
    demand("documents.codes")
    if kind not in NUMBERED:
        raise BadInput("请选择文书种类。", field="kind")
    characters = characters.strip()
    if not re.fullmatch(r"[\u4e00-\u9fff]{1,10}", characters):
        raise BadInput("字轨须为1至10个汉字，如“应急检记”，不含机关简称、年份和序号。", field="characters")
    if not source.strip():
        raise BadInput("请写明依据：文件名称、文号，或省、市统一文书式样。", field="source")
    code = DocumentCode(
        kind=kind,
        characters=characters,
        source=source.strip(),
        by_id=who().person_id,
        by_name=who().person_name,
        by_unit=who().organisation_name,
    )
    code.save()
    audit("documents.code", code, {"kind": TITLES[kind], "code": characters, "source": code.source})
    return code
