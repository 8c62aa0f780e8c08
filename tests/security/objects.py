"""Records of four owners, made by the real people through the real verbs, each marked by words found nowhere else.

a and b are plants of one district, c is a plant of the sibling district, x is a plant of another city.
"""

import io
import json
from dataclasses import dataclass, field
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from enterprises.actions import (
    credentials,
    diagnosis,
    grades,
    imports,
    merging,
    people,
    proposals,
    transformation,
    unit_sheets,
    units,
)
from enterprises.actions.city_map import draw_map
from enterprises.actions.saved_views import save_view
from enterprises.models import Enterprise, Holding, KeyChange, UnitKind
from enterprises.unit_sheet import write_template
from hazards.actions.evidence import add_evidence
from hazards.actions.sample import draw
from hazards.models import Evidence, Hazard, Notice, SampleItem
from inspections.actions import answers
from portal.exports import actions as exports
from portal.messages.models import Message
from portal.tenancy.models import Organisation, Posting
from portal.tenancy.scope import tenant_scope
from tests.inspections import walks
from tests.stories import INSPECTORS, OFFICERS, accept, closed, issued, photo, recorded, submitted
from tests.world import ENTERPRISES, checked_code

OWNERS = ("a", "b", "c", "x")
# Words that must never reach somebody who may not see their owner.
CANARY = {key: f"Z{key.upper()}Q7{key.upper()}Z" for key in OWNERS}
CITY_OF = {"a": "江州", "b": "江州", "c": "江州", "x": "澄川"}
OFFICE = {"a": "office", "b": "office", "c": "office", "x": "office_x"}

# Whose records each login sees; everybody else's must look as if they were not there.
SEES = {
    "office": "abc",
    "department": "ac",  # its sector is hazardous chemicals; b is a pharmaceutical plant
    "inspector": "ab",
    "leader": "ab",
    "north": "c",
    "expert": "a",
    "officer": "a",
    "officer_b": "b",
    "auditor": "abc",
    "sysadmin": "",
    "secadmin": "",
    "office_x": "x",
    "officer_x": "x",
}


@dataclass
class Records:
    """The numbers of one owner's records."""

    enterprise: int
    hazards: dict[str, int] = field(default_factory=dict)
    sample: int = 0
    sample_item: int = 0
    notice: int = 0
    recheck: int = 0
    verify_code: str = ""
    evidence: int = 0
    walking: int = 0
    finished: int = 0
    visit_photo: int = 0
    extra_code: str = ""
    message: int = 0
    ledger_import: int = 0
    unit: int = 0
    holding: int = 0
    spare_holding: int = 0
    loose_holding: int = 0
    process: int = 0
    unit_sheet: int = 0
    proposal: int = 0
    sheet: int = 0
    grade_proposal: int = 0
    key_change: int = 0
    responsible: int = 0
    credential: int = 0
    entry: int = 0
    twin: int = 0
    merger: int = 0
    entry_step: int = 0
    saved_view: int = 0
    city_map: int = 0
    export: int = 0
    console: dict[str, int] = field(default_factory=dict)


def records_of(world, key: str) -> Records:
    made = Records(world.enterprises[key])
    word = CANARY[key]
    with world.as_(OFFICE[key]):
        Enterprise.objects.filter(pk=made.enterprise).update(
            address=f"化工路{word}号", remark=word, licence_no=f"许{word}", licence_until=timezone.localdate()
        )
    told = {"description": f"阀门渗漏{word}", "place": word}
    majors = submitted(world, key, level="major", **told)
    accept(world, majors, key)
    hazards = {
        "recorded": recorded(world, key, **told),
        "rectifying": issued(world, key, **told),
        "unsigned": issued(world, key, acknowledged=False, **told),
        "submitted": submitted(world, key, **told),
        "confirming": majors,
        "closed": closed(world, key, **told),
    }
    made.hazards = {state: hazard.pk for state, hazard in hazards.items()}
    inspector = INSPECTORS[key][0]
    with world.as_(inspector):
        unsigned = Hazard.objects.select_related("notice").get(pk=made.hazards["unsigned"]).notice
        made.notice, made.verify_code = unsigned.pk, unsigned.verify_code
        made.recheck = Notice.objects.filter(kind=Notice.Kind.RECHECK).latest("id").pk
        hazard = Hazard.objects.select_related("enterprise").get(pk=made.hazards["recorded"])
        upload = photo(90 + OWNERS.index(key), name=f"{word}.jpg")
        made.evidence = add_evidence(upload, enterprise=hazard.enterprise, phase="found", hazard=hazard).pk
    made.finished = walks.finished(world, key).pk
    made.walking = walks.walked(world, key).pk
    with world.as_(inspector):
        answers.add_photo(made.walking, walks.SECOND, photo(30 + OWNERS.index(key), name=f"{word}2.jpg"))
        made.visit_photo = Evidence.objects.filter(visit_id=made.walking).latest("id").pk
        extra = answers.add_extra(made.walking, description=f"清单外{word}", level="general")
        made.extra_code = extra.code
    with world.as_(OFFICE[key]):
        day = timezone.localdate()
        sample = draw(starts=day, ends=day, seed=f"种子与{word}", percent=100)
        made.sample = sample.pk
        made.sample_item = SampleItem.objects.get(sample=sample, hazard_id=made.hazards["closed"]).pk
        made.ledger_import = imports.receive(workbook(word, key)).pk
        unit = units.add_unit(made.enterprise, name=f"罐区{word}", kind="tanks", declared_level=3)
        made.unit = unit.pk
        made.holding = units.put_holding(unit.pk, {"substance": f"物质{word}"}).pk
        made.spare_holding = units.put_holding(unit.pk, {"substance": f"备用{word}"}).pk
        made.process = units.put_process(unit.pk, f"工艺{word}").pk
        enterprise = Enterprise.objects.get(pk=made.enterprise)
        loose = Holding(enterprise=enterprise, substance=f"未归类{word}")
        loose.save()
        made.loose_holding = loose.pk
        made.unit_sheet = unit_sheets.receive(sheet_of(enterprise, word)).pk
        change = KeyChange(
            enterprise=enterprise,
            on=date(2026, 5, 1),
            after="1",
            reason_after=f"依据{word}",
            source=word,
            by_name="系统",
        )
        change.save()
        made.key_change = change.pk
        made.sheet = diagnosis.start_sheet(made.enterprise).pk
        event = grades.propose_grade(enterprise, "accident", f"test:{word}", "D", [f"泄漏着火{word}"])
        made.grade_proposal = event.pk
        made.city_map = draw_map(boundaries(CITY_OF[key], ENTERPRISES[key][1]), "wgs84").pk
        entry = transformation.put_on_list(
            made.enterprise, list="upgrade", target=f"自动化{word}", measure=word, due_on=date(2027, 12, 1)
        )
        transformation.progress(entry.pk, f"进展{word}", photo(150 + OWNERS.index(key), name=f"{word}.jpg"))
        made.twin, made.merger = merged_before(enterprise, word)
        made.entry, made.entry_step = entry.pk, entry.steps.latest("id").pk
    made.console = kept_by_the_console(world, key)
    with world.as_(OFFICERS[key]) as officer:
        made.proposal = proposals.propose(made.enterprise, {"address": f"新址{word}号"}, reason=word)[1].pk
        made.responsible = people.appoint(
            unit.pk, "principal", name=f"孙{word}", post=f"总经理{word}", phone="13800000009", starts=date(2026, 2, 1)
        ).pk
        told = {"kind": "licence", "title": "安全生产许可证", "number": f"A1{word}", "issuer": word}
        made.credential = credentials.add_credential(made.enterprise, told | {"valid_until": timezone.localdate()}).pk
        made.saved_view = save_view("enterprise_list", f"视图{word}", f"q={word}").pk
        made.export = exports.start("enterprise_list", f"q={word}").pk
        made.message = Message.objects.filter(person_id=officer.person_id).latest("id").pk
    return made


def merged_before(enterprise: Enterprise, word: str) -> tuple[int, int]:
    """A second entry of the plant, and one that has been merged into it."""
    same = {"district": enterprise.district, "sector": enterprise.sector, "kind": enterprise.kind}
    twin, gone = (
        Enterprise.objects.create(code=f"{n}{word:0<17}"[:18], name=f"又登记{n}{word}", address=word, **same)
        for n in (1, 2)
    )
    return twin.pk, merging.merge(gone.pk, enterprise.pk, reason=f"更名{word}").pk


def workbook(word: str, key: str) -> SimpleUploadedFile:
    """A district's sheet of one plant."""
    book, out = Workbook(), io.BytesIO()
    book.active.append(["企业名称", "统一社会信用代码", "所属区县", "行业类别", "企业类型"])
    code = checked_code(f"9135010{OWNERS.index(key)}MA0001{key.upper()}0Q"[:17].ljust(17, "0"))
    book.active.append([f"新厂{word}", code, ENTERPRISES[key][1], "化工", "生产"])
    book.save(out)
    return SimpleUploadedFile(f"{word}.xlsx", out.getvalue())


def sheet_of(enterprise: Enterprise, word: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    write_template(out, [[enterprise.code, enterprise.name, f"库房{word}", UnitKind.WAREHOUSE.label]])
    return SimpleUploadedFile(f"{word}.xlsx", out.getvalue())


def boundaries(city: str = "", district: str = "江北区") -> SimpleUploadedFile:
    """A map of one district; all who see the map of the city see it, and nobody of another city."""
    ring = [[119, 25], [120, 25], [120, 26], [119, 26], [119, 25]]
    one = {
        "type": "Feature",
        "properties": {"name": district},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [one]}).encode()
    return SimpleUploadedFile(f"{city}.geojson", content)


def kept_by_the_console(world, key: str) -> dict[str, int]:
    city = {"江州": "江州市", "澄川": "澄川市"}[CITY_OF[key]]
    login = OFFICERS[key]
    with tenant_scope(world.tenants[city], city, scope="sysadmin"):
        posting = Posting.objects.get(person_id=world.people[login])
        bureau = Organisation.objects.get(name=f"{ENTERPRISES[key][1]}应急管理局")
        return {
            "tenant": world.tenants[city],
            "person": world.people[login],
            "account": world.accounts[login],
            "posting": posting.pk,
            "organisation": bureau.pk,
            "district": bureau.district_id,
        }


def everybodys_records(world) -> dict[str, Records]:
    return {key: records_of(world, key) for key in OWNERS}


def words_of(key: str) -> list[str]:
    return [CANARY[key], ENTERPRISES[key][0]]
