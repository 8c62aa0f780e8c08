"""Records of four owners, made by the real people through the real verbs, each marked by words found nowhere else.

a and b are plants of one district, c is a plant of the sibling district, x is a plant of another city.
"""

import io
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from accountability.actions import measures, scores
from accountability.actions.past_scores import enter_past
from accountability.models import Lead, Measure, Score
from campaign import report_figures, rules_reports
from campaign.actions import goals, reports, tasks
from campaign.actions.screens import make_screen
from campaign.models import Milestone, Phase, ReportText
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
from hazards.actions import broadcasts, register, selfchecks
from hazards.actions.evidence import add_evidence
from hazards.actions.reminders import remind
from hazards.actions.sample import draw
from hazards.models import (
    BroadcastAddress,
    BroadcastAnswer,
    Evidence,
    Extension,
    Hazard,
    Notice,
    ReminderPlan,
    SampleItem,
)
from hazards.queries.broadcasts import Reach
from inspections.actions import answers, checklists, draws, plans, schemes, team, themed
from inspections.actions.field import receive_picture
from inspections.models_schemes import VisitScheme
from inspections.models_team import Commendation
from inspections.scope import Scope
from portal.documents.actions import confirm_code
from portal.exports import actions as exports
from portal.holidays.actions import enter_days
from portal.messages.models import Message, Reminder
from portal.sm3 import sm3
from portal.tenancy.models import Organisation, Posting
from portal.tenancy.scope import tenant_scope
from portal.uploads import actions as uploads
from tests.campaign.tasks import facts
from tests.files.samples import sound
from tests.inspections import teams, walks
from tests.inspections.outings import Device
from tests.stories import (
    INSPECTORS,
    OFFICERS,
    accept,
    asked,
    closed,
    extended,
    issued,
    photo,
    recorded,
    submitted,
    supervised,
    suspended,
)
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
    suspension: int = 0
    extension: int = 0
    hazards: dict[str, int] = field(default_factory=dict)
    sample: int = 0
    sample_item: int = 0
    notice: int = 0
    recheck: int = 0
    verify_code: str = ""
    evidence: int = 0
    walking: int = 0
    finished: int = 0
    outing: int = 0
    voice: int = 0
    number: int = 0
    visit_photo: int = 0
    extra_code: str = ""
    upload: UUID | None = None
    message: int = 0
    ledger_import: int = 0
    register: int = 0
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
    calendar_day: int = 0
    plan: int = 0
    reminder: int = 0
    unsent: int = 0
    selfcheck: int = 0
    selfcheck_photo: int = 0
    broadcast: int = 0
    address: int = 0
    answer: int = 0
    lead: int = 0
    inspector: int = 0
    training: int = 0
    commendation: int = 0
    expert: int = 0
    tie: int = 0
    assessment: int = 0
    reported: int = 0
    report: int = 0
    assessment_photo: int = 0
    missed: int = 0
    planned: int = 0
    draw: int = 0
    action: int = 0
    template: int = 0
    year_score: int = 0
    screen: int = 0
    work_report: int = 0
    report_text: int = 0
    phase: int = 0
    score: int = 0
    objection: int = 0
    manual: int = 0
    score_template: int = 0
    past_year: int = 0
    task: int = 0
    milestone: int = 0
    task_report: int = 0
    task_file: int = 0
    goal: int = 0
    member: int = 0
    measure: int = 0
    measure_print: int = 0
    measure_reply: int = 0
    measure_file: int = 0
    scheme: int = 0
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
        "asked": asked(world, key, **told),
        "extended": extended(world, key, **told),
        "supervised": supervised(world, key, OFFICE[key]),
    }
    made.hazards = {state: hazard.pk for state, hazard in hazards.items()}
    inspector = INSPECTORS[key][0]
    with world.as_(inspector):
        unsigned = Hazard.objects.select_related("notice").get(pk=made.hazards["unsigned"]).notice
        made.notice, made.verify_code = unsigned.pk, unsigned.verify_code
        made.recheck = Notice.objects.filter(kind=Notice.Kind.RECHECK).latest("id").pk
        hazard = Hazard.objects.select_related("enterprise").get(pk=made.hazards["recorded"])
        made.register = register.receive(register_of(hazard.enterprise, word)).pk
        upload = photo(90 + OWNERS.index(key), name=f"{word}.jpg")
        made.evidence = add_evidence(upload, enterprise=hazard.enterprise, phase="found", hazard=hazard).pk
    with world.as_(inspector):
        made.extension = Extension.objects.get(hazard=made.hazards["asked"]).pk
    teams.records(world, key, made, word)
    made.suspension = suspended(world, key, reach="part").pk
    made.finished = walks.finished(world, key).pk
    device = Device(world, key)
    held = device.numbers(2)
    said, key_of_voice = sound(said=word.encode()), uuid4()
    voice = {
        "key": str(key_of_voice),
        "kind": "voice",
        "code": "",
        "sm3": sm3(said),
        "taken_at": timezone.now().isoformat(),
    }
    record = device.record(number=held[0]["id"], summary=f"外出{word}", remark=word, files=[voice])
    made.outing, made.number = device.send(record).json()["visit"], held[1]["id"]
    with world.as_(inspector):
        made.voice = receive_picture(key_of_voice, said, "录音.webm").pk
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
        off = date(2031, 1, 6) + timedelta(days=OWNERS.index(key))
        made.calendar_day = enter_days(f"{off} 放假", f"{CITY_OF[key]}市停工通知")[0].pk
        made.broadcast = broadcasts.send(
            {
                **{name: f"举一反三{word}" for name in broadcasts.TEXT},
                "questions": [f"有没有{word}"],
                "answer_by": timezone.localdate() + timedelta(days=9),
            },
            Reach(chemicals=(f"物质{word}",)),
            hazard_id=made.hazards["rectifying"],
        ).pk
        made.address = BroadcastAddress.objects.get(broadcast=made.broadcast).pk
        lead = Lead(
            kind="nothing_found", key=word, facts=word, district_id=enterprise.district_id, sector=enterprise.sector,
            sentence=f"可能检查不细{word}", link="/visits/", as_of=timezone.localdate(),
        )  # fmt: skip
        lead.save()
        made.lead = lead.pk
        made.inspector = world.people[inspector]
        made.training = team.enter_training(
            made.inspector, {"on": timezone.localdate(), "subject": f"培训{word}", "hours": Decimal(8), "source": word}
        ).pk
        made.commendation = commended(world, key, enterprise.district_id, word)
        planned = plans.add_planned(enterprise, timezone.localdate() + timedelta(days=62))
        made.planned = plans.move(planned.pk, timezone.localdate(), f"提前{word}").pk
        of_it = Enterprise.objects.filter(pk=made.enterprise)
        bureau = Organisation.objects.get(name=f"{ENTERPRISES[key][1]}应急管理局")
        made.draw = draws.publish(of_it, bureau, title=f"双随机{word}", month=timezone.localdate(), size=1).pk
        made.action = themed.prepare(
            title=f"泄漏专项{CITY_OF[key]}",
            themes=["leak"],
            starts=timezone.localdate(),
            ends=timezone.localdate(),
            # All of the city's staff read what an action is about: no word of one plant's belongs there.
            scope=Scope.of(f"q={enterprise.code}"),
            codes=[walks.FIRST],
        ).pk
        themed.start(made.action)
        line = {"text": "罐区自编项", "basis": "市级规定", "suggested_level": "general"}
        subject = f"储罐{CITY_OF[key]}{OWNERS.index(key)}"
        made.template = checklists.make_version(subject=subject, codes=[walks.FIRST], own=[line], reason="专项").pk
        made.scheme = approved_scheme(world, enterprise, key, word).pk
        made.twin, made.merger = merged_before(enterprise, word)
        made.screen = make_screen(f"大厅{word}", timezone.localdate()).pk
        made.year_score, made.manual, made.score_template = scored(key, made.enterprise, word)
        result = (enterprise.name, Decimal(88), "良好")
        made.past_year = enter_past(2011 + OWNERS.index(key), "enterprise", [result], "市安委办考核通报").pk
        made.score = Score.objects.get(year_score=made.year_score, subject_id=made.enterprise).pk
        made.entry, made.entry_step = entry.pk, entry.steps.latest("id").pk
    city = {"江州": "江州市", "澄川": "澄川市"}[CITY_OF[key]]
    with tenant_scope(world.tenants[city], city):
        remind(timezone.localdate() + timedelta(days=9))
        made.plan = ReminderPlan.objects.filter(hazard_id=made.hazards["rectifying"]).latest("id").pk
        about = Reminder.objects.filter(subject_kind="hazard", subject_id=made.hazards["rectifying"])
        made.unsent = Message.objects.filter(person_id=world.people[OFFICERS[key]], channel="email").latest("id").pk
        made.reminder = about.latest("id").pk
    made.measure, made.measure_print, made.measure_reply, made.measure_file = said_of(world, key, word)
    made.console = kept_by_the_console(world, key)
    give_a_task(world, key, made, word)
    made.work_report, made.report_text = reported_on(world, key, word)
    with world.as_(OFFICERS[key]) as officer:
        made.objection = scores.object_to(made.score, "on_time", f"有异议{word}").pk
        made.proposal = proposals.propose(made.enterprise, {"address": f"新址{word}号"}, reason=word)[1].pk
        made.responsible = people.appoint(
            unit.pk, "principal", name=f"孙{word}", post=f"总经理{word}", phone="13800000009", starts=date(2026, 2, 1)
        ).pk
        told = {"kind": "licence", "title": "安全生产许可证", "number": f"A1{word}", "issuer": word}
        made.credential = credentials.add_credential(made.enterprise, told | {"valid_until": timezone.localdate()}).pk
        made.selfcheck = selfchecks.report(
            {
                **{name: f"自查{word}" for name in selfchecks.TEXTS},
                "level": "general",
                "accident_type": "leak",
                "found_on": timezone.localdate(),
                "planned_on": timezone.localdate(),
            }
        ).pk
        upload = photo(180 + OWNERS.index(key), name=f"{word}自查.jpg")
        made.selfcheck_photo = selfchecks.add_photo(made.selfcheck, "found", upload).pk
        told = {
            "verdict": "none",
            "words": f"没有{word}",
            "photo": photo(210 + OWNERS.index(key), name=f"{word}答.jpg"),
        }
        broadcasts.answer(made.address, [told])
        made.answer = BroadcastAnswer.objects.get(address=made.address).pk
        made.saved_view = save_view("enterprise_list", f"视图{word}", f"q={word}").pk
        made.export = exports.start("enterprise_list", f"q={word}").pk
        made.upload = uploads.begin(uuid4(), 9, f"{word}.jpg").key
        made.message = Message.objects.filter(person_id=officer.person_id, channel="in_app").latest("id").pk
    return made


def scored(key: str, enterprise: int, word: str) -> tuple[int, int, int]:
    """A year of its own that has been announced, and a figure typed for another; the template's names are the city's to read."""
    year = scores.open_year(2021 + OWNERS.index(key), "enterprise")
    scores.keep(year.pk, scores.read("enterprise", year.template.body, year.since, year.until))
    scores.announce(year.pk)
    draft = scores.open_year(2031 + OWNERS.index(key), "enterprise")
    entry = scores.enter(draft.pk, "honours", enterprise, Decimal(1), None, f"表彰决定{word}")
    return year.pk, entry.pk, year.template_id


def approved_scheme(world, enterprise: Enterprise, key: str, word: str) -> VisitScheme:
    """A plan with its document. Not every district of the world has the three people for the verbs."""
    lead, second = (world.people[login] for login in INSPECTORS[key])
    day = timezone.localdate()
    confirm_code("inspection_plan", "应急检案", f"省厅式样{word}")
    scheme = VisitScheme.objects.create(
        enterprise=enterprise, organisation=Organisation.objects.get(name=f"{ENTERPRISES[key][1]}应急管理局"),
        planned_from=day, planned_to=day, place=word, contents=f"查联锁{word}", manner="现场检查", lead_id=lead,
        lead_task=word, second_id=second, second_task=word, state="approved", drafter_id=lead, drafted_on=day,
        drafting=word, reviewer_id=second, reviewed_on=day, review=word,
        approver_id=world.people["office_x" if key == "x" else "office2"], approved_on=day, approval=word,
    )  # fmt: skip
    schemes.issued(VisitScheme.objects.get(pk=scheme.pk))
    return scheme


def said_of(world, key: str, word: str) -> tuple[int, int, int, int]:
    """A circular about the plant, with a reply: the one record its district does not see."""
    approver = {"a": "office2", "b": "office2", "c": "office2", "x": "inspector_x"}[key]
    with world.as_(OFFICE[key]):
        confirm_code("criticism_circular", "安办通", "市安委办发文字号规定")
        told = {"kind": "circular", "reply_days": 5} | dict.fromkeys(("matter", "facts", "decision"), f"通报{word}")
        made = measures.draft("enterprise", world.enterprises[key], told)
        if key == "x":
            # The other city's office has one person, who cannot approve what they wrote.
            Measure.objects.filter(pk=made.pk).update(
                state="approved", approver=world.people[approver], approved_on=timezone.localdate()
            )
        else:
            measures.submit(made.pk)
    if key != "x":
        with world.as_(approver):
            measures.approve(made.pk)
    with world.as_(OFFICE[key]):
        measures.issue(made.pk)
        printed = made.documents.get().pk
    with world.as_(OFFICERS[key]):
        reply = measures.reply(made.pk, f"回复{word}").pk
        file = measures.add_file(made.pk, reply, photo(250 + OWNERS.index(key), name=f"{word}回复.jpg")).pk
    return made.pk, printed, reply, file


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


def register_of(enterprise: Enterprise, word: str) -> SimpleUploadedFile:
    """A district's register of one hazard, and of one that nobody can tell whose it is."""
    book, out = Workbook(), io.BytesIO()
    book.active.append(["企业名称", "发现日期", "隐患描述", "隐患级别", "备注"])
    for name in (enterprise.name, f"不知哪家{word}"):
        book.active.append([name, date(2026, 5, 1), f"台账里的渗漏{word}", "一般", word])
    book.save(out)
    return SimpleUploadedFile(f"{word}隐患.xlsx", out.getvalue())


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


def give_a_task(world, key: str, made: Records, word: str) -> None:
    """To the owner's district, which has reported on it; a goal and a member of the group that all of the city's staff read."""
    today, number = timezone.localdate(), OWNERS.index(key)
    with world.as_(OFFICE[key]):
        told = facts(f"{ENTERPRISES[key][1]}应急管理局")
        told |= {"title": f"任务{word}", "what": f"要求{word}", "responsible": f"责任人{word}"}
        made.phase = Phase.objects.create(name=f"阶段{number}", starts=today, ends=today).pk
        made.task = tasks.plan(told, [(today, f"节点{word}")]).pk
        tasks.hand(made.task, f"下达{word}")
        made.milestone = Milestone.objects.get(task_id=made.task).pk
        told = {"direction": "at_most", "target": Decimal(0), "measured_in": "起", "figure": "", "note": ""}
        made.goal = goals.set_goal(told | {"name": f"目标{CITY_OF[key]}{number}", "due": today}).pk
        goals.enter_value(made.goal, Decimal(0), today, "统计台账")
        told = {"post": "member", "unit": "某局", "duty": "", "starts": today, "ends": None, "basis": ""}
        made.member = goals.set_member(told | {"name": f"成员{CITY_OF[key]}{number}"}).pk
    with world.as_(INSPECTORS[key][0]):
        tasks.acknowledge(made.task)
        report = tasks.report(made.task, f"做了{word}", percent=10, difficulty=f"困难{word}")
        made.task_report = report.pk
        made.task_file = tasks.add_file(made.task, report.pk, photo(230 + number, name=f"{word}任务.jpg")).pk


def reported_on(world, key: str, word: str) -> tuple[int, int]:
    """Issued, so the owner's district sees its own part of it; the words of that part carry the owner's mark."""
    period = rules_reports.period_of("month", date(2025, 1 + OWNERS.index(key), 1))
    with world.as_(OFFICE[key]):
        report = reports.keep(period, report_figures.read(period.since, period.until, timezone.now()))
        own = ReportText.objects.get(report=report, section="work", place__name=ENTERPRISES[key][1])
        reports.edit(own.pk, f"区县的工作{word}")
        reports.issue(report.pk)
    return report.pk, own.pk


def commended(world, key: str, district: int, word: str) -> int:
    """One a person at a time: the two plants of one district have two inspectors."""
    person = world.people[INSPECTORS[key][key == "b"]]
    record = Commendation(
        person_id=person, organisation=Organisation.objects.get(name=f"{ENTERPRISES[key][1]}应急管理局"),
        district_id=district, grounds=f"事迹{word}", since=date(2026, 1, 1), until=date(2026, 2, 1), figures=[],
        proposed_by_id=person, proposed_by_name="负责人", proposed_on=timezone.localdate(),
    )  # fmt: skip
    record.save()
    return record.pk


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
