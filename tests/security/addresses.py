"""Every address of the portal, how it is filled in for somebody's record, and with what it is asked.

An address that is not listed here fails the walk, so a new page cannot be forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import URLPattern, URLResolver, get_resolver

from tests.inspections.walks import SECOND
from tests.security.objects import SEES, Records, boundaries
from tests.stories import OFFICERS, photo

NOWHERE = 987_654_321


@dataclass
class At:
    """`fill` gives the arguments of the address for an owner's records; none for an address without arguments.

    `query` are parameters that name records, `body` what the unsafe methods send; `seen_by` replaces the usual rule of
    who sees an owner's records; `fixed` and `plus` are arguments and parameters that name no record.
    """

    fill: Callable[[Records], dict] | None = None
    fixed: dict = field(default_factory=dict)
    plus: str = ""
    query: dict[str, Callable[[Records], int]] = field(default_factory=dict)
    body: Callable[[], dict] = dict
    seen_by: Callable[[str, str], bool] = lambda login, owner: owner in SEES[login]


def hazard(state: str, **body):
    return At(lambda o: {"pk": o.hazards[state]}, body=lambda: dict(body))


PLAN = {"list": "phase_out", "target": "关闭退出", "measure": "拆除装置", "due_on": "2027-12-01"}


FIVE = dict(
    responsible="方安",
    duty="设备部",
    measures="更换垫片",
    funds="3万元",
    contingency="专人监护",
    ends_on="2026-01-02",
)
SERVED = {"manner": "direct", "served_at": "2026-01-01T09:00", "place": "门卫室", "signed_by": "方安", "second": 1}
RECORDED = {"situation": "查了罐区", "started_at": "2026-01-01T09:00", "ended_at": "2026-01-01T11:00"}
SCHEME = {
    "planned_from": "2027-12-01", "contents": "查联锁", "manner": "现场检查", "lead": 1, "lead_task": "现场", "second": 2,
    "second_task": "资料", "drafting": "年度计划", "reviewer": 3, "approver": 4,
}  # fmt: skip
STOP = dict(
    reach="part", part="一车间", reason="无法保证安全", basis="安全生产法第六十五条", measures="停止运行", second=1
)


def entry(**body):
    return At(lambda o: {"pk": o.entry}, body=lambda: dict(body))


OWN_FINDING = {
    "description": "法兰渗漏", "place": "罐区", "level": "general", "accident_type": "leak", "found_on": "2026-05-01",
    "found_by_name": "方安", "measures": "更换垫片", "planned_on": "2027-12-01",
}  # fmt: skip


LESSON = {
    "title": "旁路联锁", "what": "请核查联锁", "questions": ["有没有旁路"], "basis": "", "answer_by": "2027-12-01", "major": True,
    "key": "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c009",
}  # fmt: skip


def own_finding(**body):
    return At(lambda o: {"pk": o.selfcheck}, body=lambda: dict(body))


def sees_lead(login: str, owner: str) -> bool:
    """A lead belongs to a district and a line, not to an enterprise: no enterprise and no expert sees one."""
    return owner in SEES[login] and not login.startswith(("officer", "expert"))


def sees_score(login: str, owner: str) -> bool:
    """Announced: the city, and those concerned; experts and administrators are not."""
    return owner in SEES[login] and not login.startswith("expert")


def own_score(**more):
    return At(lambda o: {"pk": o.score}, seen_by=sees_score, **more)


def year_of(*logins: str, **more):
    """A year's assessment is the whole city's to know of once it is announced; its scores are not."""
    return At(lambda o: {"pk": o.year_score}, seen_by=own_city(*logins), **more)


def sees_task(login: str, owner: str) -> bool:
    """The city, and the district it is handed to; a department has no part in these."""
    return owner in SEES[login] and not login.startswith(("officer", "expert", "department"))


def own_task(*arguments: str, seen_by=sees_task, **body):
    named = {"pk": "task", "milestone": "milestone", "report": "task_report", "file": "task_file"}
    return At(
        lambda o: {name: getattr(o, named[name]) for name in ("pk", *arguments)},
        body=lambda: dict(body),
        seen_by=seen_by,
    )


TASK = {
    "title": "新任务", "what": "做什么", "phase": "1", "clause": "4.1.1", "unit": "1", "responsible": "顾某",
    "starts": "2027-01-01", "due": "2027-12-01",
}  # fmt: skip
GOAL = {"name": "新目标", "direction": "at_least", "target": "1", "measured_in": "家", "due": "2027-12-01"}
MEMBER = {"post": "member", "name": "钱某", "unit": "某局", "starts": "2026-01-01"}
LED = ("office", "department", "inspector", "leader", "north", "auditor", "office_x")


def work_report(*logins: str, **more):
    """Issued: the city's office and auditor, and every district's people, who find their own district's part in it."""
    seen = own_city(*(logins or ("office", "office_x", "inspector", "leader", "north", "auditor")))
    return At(lambda o: {"pk": o.work_report}, seen_by=seen, **more)


def of_the_city(which: str, *logins: str, **body):
    """A goal or a member of the group: all of the city's staff read them, the office changes them."""
    return At(lambda o: {"pk": getattr(o, which)}, body=lambda: dict(body), seen_by=own_city(*logins))


MEASURE = {"kind": "circular", "matter": "关于整改迟缓的通报", "facts": "三条逾期", "decision": "通报批评"}


def sees_measure(login: str, owner: str) -> bool:
    """Issued: the office, the auditor, the plant it is about and its district; not its department."""
    if login in ("inspector", "leader", "north"):
        return owner in SEES[login]
    return own_city("office", "office_x", "auditor")(login, owner) or OFFICERS[owner] == login


def own_measure(*logins: str, **more):
    """Seen as `sees_measure` says; a verb, where it is one, by these of them."""
    return At(
        lambda o: {"pk": o.measure},
        seen_by=lambda login, owner: sees_measure(login, owner) and (not logins or login in logins),
        **more,
    )


def own_picture():
    return At(lambda o: {"pk": o.selfcheck, "photo": o.selfcheck_photo})


def only_its_officer(login: str, owner: str) -> bool:
    return OFFICERS[owner] == login


def own_city(*logins: str):
    """Records of a whole city, seen by these alone; in the other city by nobody but its office."""
    return lambda login, owner: login in logins and (owner == "x") == login.endswith("_x")


def drawn_for(login: str, owner: str) -> bool:
    """A draw of the whole city is the city's to see."""
    return own_city("office", "office_x", "auditor")(login, owner)


def looked_at_by(login: str, owner: str) -> bool:
    """The plant itself and its expert do not hear of it."""
    return owner in SEES[login] and not login.startswith(("officer", "expert"))


EXPERT = {"skills": ["process"], "employer": "退休", "since": "2026-01-05", "active": "on"}


def in_the_pool(login: str, owner: str) -> bool:
    """Read by the office and the auditor, and by the expert whose record it is: the one of the first owner."""
    return (login, owner) == ("expert", "a") or own_city("office", "office_x", "auditor")(login, owner)


TRAINED = {"on": "2026-03-02", "subject": "危化品执法", "hours": "8"}
PERSON = {"person": lambda o: o.console["person"]}


def posted_beside(login: str, owner: str) -> bool:
    """An owner's inspector and what is kept of them: read in their own body, by the office and by the auditor."""
    if own_city("office", "office_x", "auditor")(login, owner):
        return True
    return owner in {"leader": "ab", "inspector": "ab", "north": "c"}.get(login, "")


def colleague(**body):
    return At(lambda o: {"pk": o.inspector}, body=lambda: dict(body), seen_by=posted_beside)


def expert(**body):
    return At(lambda o: {"pk": o.expert}, body=lambda: dict(body), seen_by=in_the_pool)


def assessed(at=None, **body):
    return At(lambda o: {"pk": o.assessment} | (at or {}), body=lambda: dict(body))


def planned(body: dict, **fixed):
    return At(lambda o: {"pk": o.planned} | fixed, body=lambda: dict(body), seen_by=looked_at_by)


def in_the_register(login: str, owner: str) -> bool:
    """A unit's numbers are its own to see, the city's office and auditor see every unit's."""
    south = ("office", "auditor", "inspector", "leader")
    seen = {"a": south, "b": south, "c": ("office", "auditor", "north"), "x": ("office_x", "inspector_x")}
    return login in seen[owner]


def imported(**more):
    return At(lambda o: {"pk": o.ledger_import}, seen_by=own_city("office", "office_x"), **more)


def register(**body):
    """A register of hazards that the district's own inspector has uploaded."""
    return At(
        lambda o: {"pk": o.register},
        body=lambda: dict(body),
        seen_by=lambda login, owner: owner in SEES[login] and login in IMPORTERS,
    )


def pair(**body):
    return At(
        lambda o: {"gone": o.twin, "kept": o.enterprise},
        body=lambda: dict(body),
        seen_by=own_city("office", "office_x"),
    )


def kept(kind: str, *logins: str, **more):
    return At(lambda o: {"object_id": o.console[kind]}, seen_by=own_city(*logins), **more)


DEVICE = "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c0aa"
ENTERPRISE = {"enterprise": lambda o: o.enterprise}
VISIT = {"visit": lambda o: o.finished}
HAZARD = {"hazard": lambda o: o.hazards["recorded"]}
COUNTED = {
    "found_by": lambda o: o.console["person"],
    "ids": lambda o: o.hazards["recorded"],
    "handler": lambda o: o.console["organisation"],
    "department": lambda o: o.console["organisation"],
}
PHOTOS = dict(body=lambda: {"photos": photo(55)})
CONSOLE = ("sysadmin", "secadmin")
IMPORTERS = ("office", "office_x", "inspector", "leader", "north")
SEE_THE_MAP = ("office", "office_x", "department", "inspector", "leader", "north", "auditor")
SEE_ACTIONS = SEE_THE_MAP
SCORED = (
    "office", "office_x", "department", "inspector", "leader", "north", "officer", "officer_b", "officer_x", "auditor",
)  # fmt: skip
KINDS = ("account", "district", "organisation", "person", "posting")

# Marked @outside_scope: what a person needs before a scope, and the check of a document by its code.
# The page that works without signal holds nobody's data, nor does its worker.
PUBLIC = {
    "field",
    "service_worker",
    "login",
    "logout",
    "password",
    "totp",
    "switch_posting",
    "livez",
    "readyz",
    "verify",
    "wall",
    "draw_notice",
    "draw_notice_file",
}

ADDRESSES: dict[str, At] = {
    "home": At(),
    "text_size": At(body=lambda: {"size": "large"}),
    "manual": At(),
    "manual_chapter": At(fixed={"kind": "officer"}),
    "own_work": At(),
    "labels": At(query=ENTERPRISE | {"hazard": lambda o: o.hazards["rectifying"]}),
    "dashboard": At(
        query={"district": lambda o: o.console["district"]},
        seen_by=own_city("office", "office_x", "department", "auditor", "inspector", "leader", "north"),
    ),
    "dashboard_repeated": At(),
    "dashboard_panel": At(fixed={"key": "map"}),
    "enterprise_figures": At(lambda o: {"pk": o.enterprise}),
    "screens": At(body=lambda: {"name": "大厅", "until": "2026-12-31"}),
    "screen_stop": At(lambda o: {"pk": o.screen}, seen_by=own_city("office", "office_x")),
    "undelivered": At(),
    "audit": At(query={"object": lambda o: o.hazards["closed"]}),
    "inbox": At(),
    "all_seen": At(),
    "health": At(),
    "message_settings": At(body=lambda: {"channels": "email"}),
    "message_retry": At(lambda o: {"pk": o.unsent}, seen_by=own_city("office", "office_x")),
    "message_give_up": At(
        lambda o: {"pk": o.unsent}, body=lambda: {"reason": "已电话通知"}, seen_by=own_city("office", "office_x")
    ),
    "open_message": At(lambda o: {"pk": o.message}, seen_by=only_its_officer),
    "api-message-list": At(),
    "api-message-detail": At(lambda o: {"pk": o.message}, seen_by=only_its_officer),
    "api-message-seen": At(lambda o: {"pk": o.message}, seen_by=only_its_officer),
    "api-message-all-seen": At(),
    "api-message-preference": At(body=lambda: {"off": ["email"], "quiet_from": None, "quiet_until": None}),
    "api-undelivered-list": At(),
    "api-undelivered-retry": At(lambda o: {"pk": o.unsent}, seen_by=own_city("office", "office_x")),
    "api-undelivered-give-up": At(
        lambda o: {"pk": o.unsent}, body=lambda: {"reason": "已电话通知"}, seen_by=own_city("office", "office_x")
    ),
    "enterprise_list": At(),
    "enterprise": At(lambda o: {"pk": o.enterprise}),
    "hazard_list": At(query=ENTERPRISE | COUNTED),
    "hazard": hazard("rectifying"),
    "hazard_submit": hazard("rectifying", note="已更换", revision="1"),
    "hazard_recheck": hazard("submitted", verdict="return", note="仍有渗漏"),
    "hazard_confirm": hazard("confirming", **{"confirm-note": "同意", "confirm-revision": "4"}),
    "hazard_reopen": hazard(
        "closed", **{"reopen-note": "复发", "reopen-deadline": "2027-12-01", "reopen-revision": "4"}
    ),
    "hazard_void": hazard("recorded", **{"void-note": "重复", "void-revision": "1"}),
    "hazard_plan": hazard("rectifying", **FIVE),
    "hazard_ask": hazard("rectifying", wanted="2027-12-01", reason="到货晚", revision="1"),
    "hazard_withdraw": hazard("asked", note="不需要了", revision="1"),
    "hazard_answer": hazard("asked", until="2027-12-01", reason="属实", revision="1"),
    "hazard_correct": hazard("extended", until="2027-12-02", reason="写错", revision="1"),
    "hazard_supervise": hazard("confirming", leader="1", requirement="每周报告", revision="1"),
    "hazard_unsupervise": hazard("supervised", note="已完成", revision="1"),
    "hazard_transfer": hazard("rectifying", organisation="1", note="改由主管部门办理", revision="1"),
    "hazard_suspend": hazard("rectifying", **STOP, revision="1"),
    "register_list": At(),
    "register_new": At(),
    "register_template": At(),
    "register": register(),
    "register_mapping": register(),
    "register_confirm": register(),
    "register_back": register(reason="传错了"),
    "register_rejected": register(),
    "hazard_bulk": At(body=lambda: {"verb": "void"}),
    "hazard_bulk_run": At(body=lambda: {"verb": "return", "note": "照片不清"}),
    "suspension_list": At(query=ENTERPRISE),
    "suspension": At(lambda o: {"pk": o.suspension}),
    "suspension_lift": At(lambda o: {"pk": o.suspension}, body=lambda: {"note": "已排除"}),
    "suspension_order": At(lambda o: {"pk": o.enterprise}, body=lambda: dict(STOP)),
    "reminder_list": At(query=ENTERPRISE),
    "plan_list": At(query=ENTERPRISE),
    "desk": At(query=ENTERPRISE | {"at": lambda o: o.hazards["submitted"]}),
    "desk_decide": hazard("submitted", verdict="return", note="仍有渗漏", revision="3"),
    "confirm_desk": At(query=ENTERPRISE | {"at": lambda o: o.hazards["confirming"]}),
    "confirm_desk_decide": hazard("confirming", verdict="return", note="照片看不清", revision="4"),
    "reason_templates": At(body=lambda: {"return": "照片不清", "accept": "同意", "before": "-"}),
    "sample_list": At(),
    "sample_new": At(
        body=lambda: {"starts": "2026-01-01", "ends": "2026-01-02", "number": "1", "seed": "2026年第138期"}
    ),
    "sample": At(lambda o: {"pk": o.sample}, seen_by=drawn_for),
    "sample_pool": At(lambda o: {"pk": o.sample}, seen_by=drawn_for),
    "sample_items": At(query=ENTERPRISE | {"sample": lambda o: o.sample}),
    "sample_item": At(
        lambda o: {"pk": o.sample_item}, body=lambda: {"result": "true", "note": "到现场看过"}, seen_by=looked_at_by
    ),
    "notice_list": At(query=ENTERPRISE),
    "notice_issue": At(query=VISIT | ENTERPRISE),
    "deadline_preview": At(),
    "notice": At(lambda o: {"pk": o.notice}),
    "notice_pdf": At(lambda o: {"pk": o.notice}),
    "notice_annex": At(lambda o: {"pk": o.notice}),
    "notice_correct": At(
        lambda o: {"pk": o.notice}, body=lambda: {"items.0.description": "法兰渗漏", "reason": "错字", "second": "1"}
    ),
    "notice_serve": At(lambda o: {"pk": o.notice}, body=lambda: dict(SERVED)),
    "document_codes": At(body=lambda: {"kind": "inspection_plan", "characters": "应急检案", "source": "省厅式样"}),
    "notice_acknowledge": At(lambda o: {"pk": o.notice}, body=lambda: {"signed_by": "方安"}),
    "notice_refusal": At(lambda o: {"pk": o.notice}, body=lambda: {"refusal": "门卫不收"}),
    "evidence": At(lambda o: {"pk": o.evidence}),
    "evidence_original": At(lambda o: {"pk": o.evidence}),
    "selfcheck_list": At(query=ENTERPRISE),
    "selfcheck_new": At(body=lambda: dict(OWN_FINDING)),
    "selfcheck_districts": At(),
    "selfcheck": own_finding(),
    "selfcheck_photo_new": own_finding(phase="found", photos=photo(56)),
    "selfcheck_photo": own_picture(),
    "selfcheck_original": own_picture(),
    "selfcheck_officialise": own_finding(description="法兰渗漏", level="general", accident_type="leak", revision="1"),
    "selfcheck_verb": At(lambda o: {"pk": o.selfcheck, "verb": "cancel"}, body=lambda: {"note": "误报"}),
    "broadcast_list": At(),
    "broadcast_new": At(query=HAZARD, body=lambda: dict(LESSON, questions="有没有\n") | {"preview": "1"}),
    "broadcast": At(lambda o: {"pk": o.broadcast}),
    "broadcast_add": At(lambda o: {"pk": o.broadcast}, body=lambda: {"major": "on", "preview": "1"}),
    "broadcast_press": At(lambda o: {"pk": o.broadcast}),
    "address_list": At(query=ENTERPRISE | {"broadcast": lambda o: o.broadcast}),
    "address": At(lambda o: {"pk": o.address}),
    "address_answer": At(lambda o: {"pk": o.address}, body=lambda: {"q1-verdict": "none", "q1-words": "没有"}),
    "answer_photo": At(lambda o: {"pk": o.address, "answer": o.answer, "number": 1}),
    "lead_list": At(),
    "lead_check": At(lambda o: {"pk": o.lead}, body=lambda: {"note": "已看"}, seen_by=sees_lead),
    "api-lead-list": At(),
    "api-lead-detail": At(lambda o: {"pk": o.lead}, seen_by=sees_lead),
    "api-lead-check": At(lambda o: {"pk": o.lead}, body=lambda: {"note": "已看"}, seen_by=sees_lead),
    "visit_list": At(query=ENTERPRISE | PERSON),
    "task_list": At(
        query={"phase": lambda o: o.phase, "assisting": lambda o: o.console["organisation"]},
        seen_by=own_city("office", "office_x", "department", "inspector", "leader", "north", "auditor"),
    ),
    "task_gantt": At(),
    "task_new": At(body=lambda: TASK),
    "task": own_task(),
    "task_report": own_task(on="2026-01-02", percent="1", done="做了"),
    "task_file_new": own_task("report"),
    "task_reach": own_task("milestone", on="2026-01-02"),
    "task_file": own_task("file"),
    "task_original": own_task("file"),
    "task_verb": At(
        lambda o: {"pk": o.task, "verb": "cancel"}, body=lambda: {"note": ""}, seen_by=own_city("office", "office_x")
    ),
    "task_act": At(lambda o: {"pk": o.task, "verb": "finish"}, body=lambda: {"done": ""}, seen_by=sees_task),
    "phase_list": At(),
    "phase_new": At(body=lambda: {"name": ""}),
    "phase": of_the_city("phase", *LED),
    "phase_verb": At(
        lambda o: {"pk": o.phase, "verb": "change"},
        body=lambda: {"name": ""},
        seen_by=own_city("office", "office_x"),
    ),
    "api-phase-list": At(body=lambda: {"name": ""}),
    "api-phase-detail": of_the_city("phase", *LED),
    "api-phase-start": of_the_city("phase", "office", "office_x"),
    "api-phase-complete": of_the_city("phase", "office", "office_x"),
    "api-phase-change": of_the_city("phase", "office", "office_x"),
    "api-phase-reopen": of_the_city("phase", "office", "office_x", note="继续"),
    "report_list": At(),
    "report": work_report(query={"place": lambda o: o.console["district"]}),
    "report_records": At(
        lambda o: {"pk": o.work_report, "key": "enterprises"},
        seen_by=own_city("office", "office_x", "inspector", "leader", "north", "auditor"),
    ),
    "report_differences": work_report(),
    "report_xlsx": work_report(),
    "report_pdf": work_report(),
    "report_issue": work_report("office", "office_x"),
    "report_withdraw": work_report("office", "office_x", body=lambda: {"note": "重做", "revision": "1"}),
    "report_text": At(
        lambda o: {"pk": o.report_text},
        body=lambda: {"text": "新的话", "revision": "9"},
        seen_by=own_city("office", "office_x"),
    ),
    "api-work-report-list": At(),
    "api-work-report-detail": work_report(),
    "api-work-report-figures": work_report(),
    "api-work-report-records": At(
        lambda o: {"pk": o.work_report, "figure": "enterprises"},
        seen_by=own_city("office", "office_x", "inspector", "leader", "north", "auditor"),
    ),
    "api-work-report-differences": work_report(),
    "api-work-report-issue": work_report("office", "office_x"),
    "api-work-report-withdraw": work_report("office", "office_x", body=lambda: {"note": "重做"}),
    "api-work-report-text-detail": At(
        lambda o: {"pk": o.report_text}, body=lambda: {"text": "新的话", "revision": 9}, seen_by=sees_task
    ),
    "goal_list": At(),
    "goal_new": At(body=lambda: GOAL | {"name": ""}),
    "goal": of_the_city("goal", *LED),
    "goal_change": of_the_city("goal", "office", "office_x", name=""),
    "goal_value": of_the_city("goal", "office", "office_x", value=""),
    "goal_withdraw": of_the_city("goal", "office", "office_x", note=""),
    "leading_group": At(),
    "member_new": At(body=lambda: MEMBER | {"name": ""}),
    "member_change": of_the_city("member", "office", "office_x", name=""),
    "api-task-list": At(body=lambda: TASK),
    "api-dashboard-list": At(
        query={"district": lambda o: o.console["district"]},
        seen_by=own_city("office", "office_x", "department", "auditor", "inspector", "leader", "north"),
    ),
    "api-dashboard-repeated": At(),
    "api-dashboard-grades": At(),
    "api-dashboard-levels": At(),
    "api-dashboard-trend": At(),
    "api-dashboard-map": At(),
    "api-dashboard-enterprise": At(lambda o: {"pk": o.enterprise}),
    "api-task-detail": own_task(),
    "api-task-change": own_task(seen_by=own_city("office", "office_x"), note="改"),
    "api-task-hand": own_task(seen_by=own_city("office", "office_x")),
    "api-task-confirm": own_task(seen_by=own_city("office", "office_x")),
    "api-task-send-back": own_task(seen_by=own_city("office", "office_x"), note="退"),
    "api-task-postpone": own_task(seen_by=own_city("office", "office_x"), note="延", due="2026-01-01"),
    "api-task-reassign": own_task(seen_by=own_city("office", "office_x"), note="改", unit=1),
    "api-task-cancel": own_task(seen_by=own_city("office", "office_x")),
    "api-task-acknowledge": own_task(),
    "api-task-report": own_task(done="做了"),
    "api-task-finish": own_task(done="做了"),
    "api-task-reach": own_task(milestone=1),
    "api-task-files": own_task(report=1),
    "api-goal-list": At(body=lambda: {"name": ""}),
    "api-goal-detail": of_the_city("goal", *LED),
    "api-goal-change": of_the_city("goal", "office", "office_x"),
    "api-goal-value": of_the_city("goal", "office", "office_x"),
    "api-goal-withdraw": of_the_city("goal", "office", "office_x"),
    "api-group-member-list": At(body=lambda: {"name": ""}),
    "api-group-member-detail": of_the_city("member", *LED),
    "api-group-member-change": of_the_city("member", "office", "office_x"),
    "score_years": At(),
    "score_past_new": At(body=lambda: {"year": "2010", "subject_kind": "district", "results": "", "basis": ""}),
    "score_past": At(lambda o: {"pk": o.past_year}, seen_by=own_city(*SCORED)),
    "api-past-year-list": At(body=lambda: {"year": 2010, "subject_kind": "district", "results": [], "basis": "无"}),
    "api-past-year-detail": At(lambda o: {"pk": o.past_year}, seen_by=own_city(*SCORED)),
    "score_open": At(body=lambda: {"year": "2040", "subject_kind": "district"}),
    "score_year": year_of(*SCORED),
    "score_reckon": year_of("office", "office_x"),
    "score_announce": year_of("office", "office_x"),
    "score_recall": year_of("office", "office_x", body=lambda: {"note": "重算", "revision": "1"}),
    "score_finish": year_of("office", "office_x"),
    "score_export": year_of("office", "office_x", "auditor"),
    "score_form": year_of("office", "office_x", "auditor"),
    "score_compare": year_of(*SCORED),
    "score_of_compare": own_score(),
    "score_manual": year_of(
        "office", "office_x", body=lambda: {"key": "honours", "subject_id": "1", "counted": "1", "grounds": "依据"}
    ),
    "manual_second": At(
        lambda o: {"pk": o.manual}, body=lambda: {"agree": "no", "note": "无据"}, seen_by=own_city("office", "office_x")
    ),
    "score": own_score(),
    "score_object": At(
        lambda o: {"pk": o.score}, body=lambda: {"key": "on_time", "text": "误录"}, seen_by=only_its_officer
    ),
    "score_records": At(lambda o: {"pk": o.score, "key": "on_time"}, seen_by=sees_score),
    "objection_decide": At(
        lambda o: {"pk": o.objection},
        body=lambda: {"upheld": "no", "correction": "0", "answer": "不属实", "revision": "1"},
        seen_by=own_city("office", "office_x"),
    ),
    "measure_list": At(),
    "measure_new": At(plus="?subject=district-1", body=lambda: {"kind": "circular"}),
    "measure_proposals": At(query={"year_score": lambda o: o.year_score}),
    "measure": own_measure(),
    "measure_edit": own_measure("office", "office_x", body=lambda: MEASURE),
    "measure_submit": own_measure("office", "office_x"),
    "measure_decide": own_measure("office", "office_x", body=lambda: {"verdict": "return", "opinion": "再核"}),
    "measure_issue": own_measure("office", "office_x"),
    "measure_reply": own_measure(body=lambda: {"text": "已整改"}),
    "measure_file_new": At(lambda o: {"pk": o.measure, "reply": o.measure_reply}, seen_by=sees_measure),
    "measure_file": At(lambda o: {"pk": o.measure, "file": o.measure_file}, seen_by=sees_measure),
    "measure_original": At(lambda o: {"pk": o.measure, "file": o.measure_file}, seen_by=sees_measure),
    "measure_close": own_measure("office", "office_x", body=lambda: {"note": "属实"}),
    "measure_revoke": own_measure("office", "office_x", body=lambda: {"note": "有误"}),
    "measure_withdraw": own_measure("office", "office_x", body=lambda: {"note": "重复"}),
    "measure_print": At(lambda o: {"pk": o.measure_print}, seen_by=sees_measure),
    "api-measure-list": At(body=lambda: MEASURE | {"subject_kind": "district", "subject_id": NOWHERE}),
    "api-measure-detail": own_measure(),
    "api-measure-change": own_measure("office", "office_x", body=lambda: MEASURE),
    "api-measure-submit": own_measure("office", "office_x"),
    "api-measure-approve": own_measure("office", "office_x"),
    "api-measure-return": own_measure("office", "office_x", body=lambda: {"note": "再核"}),
    "api-measure-issue": own_measure("office", "office_x"),
    "api-measure-reply": own_measure(body=lambda: {"text": "已整改"}),
    "api-measure-files": own_measure(body=lambda: {"reply": 1}),
    "api-measure-close": own_measure("office", "office_x", body=lambda: {"note": "属实"}),
    "api-measure-revoke": own_measure("office", "office_x", body=lambda: {"note": "有误"}),
    "api-measure-withdraw": own_measure("office", "office_x", body=lambda: {"note": "重复"}),
    "score_templates": At(),
    "score_template": At(lambda o: {"pk": o.score_template}, seen_by=own_city(*SCORED)),
    "score_template_new": At(fixed={"kind": "district"}, body=lambda: {"name": "新版"}),
    "api-year-score-list": At(body=lambda: {"year": 2041, "subject_kind": "district"}),
    "api-year-score-detail": year_of(*SCORED),
    "api-year-score-reckon": year_of("office", "office_x"),
    "api-year-score-announce": year_of("office", "office_x"),
    "api-year-score-recall": year_of("office", "office_x", body=lambda: {"note": "重算"}),
    "api-year-score-finish": year_of("office", "office_x"),
    "api-year-score-export": year_of("office", "office_x", "auditor"),
    "api-year-score-form": year_of("office", "office_x", "auditor"),
    "api-year-score-compare": year_of(*SCORED),
    "api-score-compare": own_score(),
    "api-score-list": At(query={"year_score": lambda o: o.year_score}, seen_by=own_city(*SCORED)),
    "api-score-detail": own_score(),
    "api-score-object": At(
        lambda o: {"pk": o.score}, body=lambda: {"key": "on_time", "text": "误录"}, seen_by=only_its_officer
    ),
    "api-score-objection-list": At(query={"score": lambda o: o.score}),
    "api-score-objection-detail": At(lambda o: {"pk": o.objection}, seen_by=sees_score),
    "api-score-objection-decide": At(
        lambda o: {"pk": o.objection},
        body=lambda: {"upheld": False, "answer": "不属实"},
        seen_by=own_city("office", "office_x"),
    ),
    "api-score-figure-list": At(query={"year_score": lambda o: o.year_score}),
    "api-score-figure-detail": At(lambda o: {"pk": o.manual}, seen_by=own_city("office", "office_x", "auditor")),
    "api-score-figure-second": At(
        lambda o: {"pk": o.manual},
        body=lambda: {"agree": False, "note": "无据"},
        seen_by=own_city("office", "office_x"),
    ),
    "api-score-template-list": At(body=lambda: {"name": "新版"}),
    "api-score-template-detail": At(lambda o: {"pk": o.score_template}, seen_by=own_city(*SCORED)),
    "visit_start": At(query=ENTERPRISE),
    "visit_due": At(),
    "planned_list": At(query=ENTERPRISE),
    "plan_year": At(body=lambda: {"year": "1999"}),
    "planned_new": At(lambda o: {"pk": o.enterprise}, body=lambda: {"month": "2027-12"}, seen_by=looked_at_by),
    "planned": At(lambda o: {"pk": o.planned}, seen_by=looked_at_by),
    "planned_verb": planned({"move-month": "2027-12", "move-reason": "停车检修"}, verb="move"),
    "action_list": At(),
    "action_new": At(body=lambda: {"title": ""}),
    "target_list": At(query=ENTERPRISE | {"action": lambda o: o.action}),
    "action": At(lambda o: {"pk": o.action}, seen_by=own_city(*SEE_ACTIONS)),
    "action_edit": At(lambda o: {"pk": o.action}, body=lambda: {"title": ""}, seen_by=own_city("office", "office_x")),
    "action_verb": At(lambda o: {"pk": o.action, "verb": "join"}, seen_by=own_city(*SEE_ACTIONS)),
    "checklist_list": At(),
    "checklist_new": At(query={"from": lambda o: o.template}, body=lambda: {"subject": ""}),
    "checklist": At(lambda o: {"pk": o.template}, seen_by=own_city(*SEE_ACTIONS)),
    "checklist_withdraw": At(lambda o: {"pk": o.template}, seen_by=own_city("office", "office_x")),
    "visit_coverage": At(),
    "draw_list": At(),
    "draw_new": At(body=lambda: {"title": "", "month": "2027-12", "size": "1"}),
    "draw": At(lambda o: {"pk": o.draw}, body=lambda: {"seed": "双色球"}, seen_by=drawn_for),
    "draw_announce": At(lambda o: {"pk": o.draw}, seen_by=own_city("office", "office_x")),
    "draw_pool": At(lambda o: {"pk": o.draw}, seen_by=drawn_for),
    "draw_export": At(lambda o: {"pk": o.draw}, seen_by=drawn_for),
    "visit_frequency": At(
        body=lambda: {"grade": "B", "visits_a_year": "5", "from_day": "2027-12-01", "reason": "依据"}
    ),
    "pick_enterprise": At(),
    "pick_inspector": At(),
    "visit": At(lambda o: {"pk": o.walking}),
    "visit_answer": At(lambda o: {"pk": o.walking, "code": SECOND}, body=lambda: {"verdict": "ok"}),
    "visit_photo": At(lambda o: {"pk": o.walking, "code": SECOND}, **PHOTOS),
    "visit_photo_aside": At(lambda o: {"pk": o.walking, "evidence": o.visit_photo}),
    "visit_extra": At(lambda o: {"pk": o.walking}, body=lambda: {"description": "另一处", "level": "general"}),
    "visit_finish": At(lambda o: {"pk": o.walking}, body=lambda: {"met_with": "方安"}),
    "visit_record": At(lambda o: {"pk": o.finished}, body=lambda: dict(RECORDED)),
    "scheme_list": At(query=ENTERPRISE),
    "scheme_new": At(lambda o: {"pk": o.enterprise}, body=lambda: dict(SCHEME)),
    "scheme": At(lambda o: {"pk": o.scheme}, seen_by=looked_at_by),
    "scheme_edit": At(lambda o: {"pk": o.scheme}, body=lambda: dict(SCHEME), seen_by=looked_at_by),
    "scheme_decide": At(lambda o: {"pk": o.scheme}, body=lambda: {"revision": "3"}, seen_by=looked_at_by),
    "scheme_withdraw": At(lambda o: {"pk": o.scheme}, seen_by=looked_at_by),
    "scheme_pdf": At(lambda o: {"pk": o.scheme}, seen_by=looked_at_by),
    "visit_signature": At(lambda o: {"pk": o.outing, "part": "lead"}),
    "visit_voice": At(lambda o: {"pk": o.outing, "voice": o.voice}),
    "field_import": At(),
    "number_list": At(),
    "number_void": At(lambda o: {"pk": o.number}, body=lambda: {"reason": "平板损坏"}, seen_by=in_the_register),
    "visit_abandon": At(lambda o: {"pk": o.walking}, body=lambda: {"reason": "走错了"}),
    "my_day": At(),
    "team": At(),
    "team_person": colleague(),
    "training_new": colleague(**TRAINED),
    "training_aside": At(lambda o: {"pk": o.training}, body=lambda: {"reason": "重复"}, seen_by=posted_beside),
    "commend": colleague(grounds="表现突出", since="2026-01-01", until="2026-02-01"),
    "commendation_list": At(),
    "commendation": At(lambda o: {"pk": o.commendation}, seen_by=posted_beside),
    "handover": colleague(reason="调离"),
    "expert_list": At(),
    "expert_new": At(query={"person": lambda o: o.console["person"]}, body=lambda: dict(EXPERT)),
    "expert_own": At(),
    "expert": expert(),
    "expert_edit": expert(**EXPERT, revision="1"),
    "tie_new": expert(kind="paid", name="某公司", source="本人申报"),
    "tie_end": At(lambda o: {"pk": o.tie}, body=lambda: {"ends": "2026-02-01"}, seen_by=in_the_pool),
    "tie_aside": At(lambda o: {"pk": o.tie}, body=lambda: {"reason": "重名"}, seen_by=in_the_pool),
    "lead_comment": At(lambda o: {"pk": o.missed}, body=lambda: {"comment": "当时有记录"}, seen_by=in_the_pool),
    "assessment_list": At(query=ENTERPRISE),
    "assessment_open": At(query=ENTERPRISE),
    "problem_list": At(query=ENTERPRISE),
    "assessment_coverage": At(),
    "assessment_report": At(lambda o: {"pk": o.report}),
    "assessment_report_pdf": At(lambda o: {"pk": o.report}),
    "assessment": assessed(),
    "assessment_sheet": assessed(at={"key": "rules"}),
    "assessment_answer": assessed(at={"code": "GZ-01"}, verdict="ok"),
    "assessment_photo_new": assessed(at={"code": "GZ-01"}, photos=photo(57)),
    "assessment_photo": At(lambda o: {"pk": o.reported, "photo": o.assessment_photo}),
    "assessment_finding": assessed(words="另一处", level="general", accident_type="other"),
    "assessment_diagnosis": assessed(),
    "assessment_sign": assessed(name="expert君"),
    "assessment_finish": assessed(),
    "assessment_take": At(lambda o: {"pk": o.reported}),
    "assessment_verb": assessed(at={"verb": "term"}, ends="2027-12-01", reason="资料不齐"),
    "enterprise_edit": At(
        lambda o: {"pk": o.enterprise},
        body=lambda: {"name": "改名", "district": "江北区", "sector": "化工", "kind": "使用"},
    ),
    "enterprise_grade": At(
        lambda o: {"pk": o.enterprise}, body=lambda: {"grade": "B", "source": "年度评估", "reason": "隐患已清"}
    ),
    "bulk": At(body=lambda: {"verb": "grade"}),
    "bulk_run": At(body=lambda: {"verb": "diagnosis"}),
    "key_enterprises": At(),
    "key_changes": At(),
    "near_key": At(),
    "enterprise_history": At(lambda o: {"pk": o.enterprise}),
    "proposal_list": At(),
    "proposal": At(lambda o: {"pk": o.proposal}),
    "proposal_decide": At(lambda o: {"pk": o.proposal}, body=lambda: {"verdict": "return", "note": "请附证明"}),
    "proposal_withdraw": At(lambda o: {"pk": o.proposal}),
    "propose": At(lambda o: {"pk": o.enterprise}, body=lambda: {"name": "改名", "sector": "化工", "kind": "使用"}),
    "propose_units": At(lambda o: {"pk": o.enterprise}),
    "propose_holding": At(lambda o: {"pk": o.unit}, body=lambda: {"substance": "甲醇", "quantity_t": "5"}),
    "propose_holding_change": At(lambda o: {"pk": o.holding}, body=lambda: {"quantity_t": "6"}),
    "enterprise_grading": At(lambda o: {"pk": o.enterprise}),
    "grade_decline": At(lambda o: {"pk": o.enterprise}, body=lambda: {"reason": "整改中"}),
    "event_new": At(
        lambda o: {"pk": o.enterprise},
        body=lambda: {"cause": "accident", "on": "2026-05-01", "text": "泄漏着火，无人伤亡"},
    ),
    "sheet_new": At(lambda o: {"pk": o.enterprise}),
    "sheet_list": At(),
    "sheet": At(lambda o: {"pk": o.sheet}),
    "sheet_fill": At(lambda o: {"pk": o.sheet}, body=lambda: {"n_2.1.1": "1"}),
    "sheet_score": At(lambda o: {"pk": o.sheet}, body=lambda: {"n_2.1.1": "1"}),
    "proposals_to_decide": At(),
    "unit_list": At(query=ENTERPRISE),
    "enterprise_units": At(lambda o: {"pk": o.enterprise}),
    "unit": At(lambda o: {"pk": o.unit}),
    "unit_new": At(lambda o: {"pk": o.enterprise}, body=lambda: {"name": "新罐区", "kind": "tanks"}),
    "unit_edit": At(lambda o: {"pk": o.unit}, body=lambda: {"name": "改名罐区", "kind": "tanks"}),
    "unit_what_if": At(lambda o: {"pk": o.unit}),
    "holding_new": At(lambda o: {"pk": o.unit}, body=lambda: {"substance": "甲醇", "quantity_t": "5"}),
    "holding_edit": At(lambda o: {"pk": o.holding}, body=lambda: {"substance": "乙醇", "quantity_t": "6"}),
    "holding_remove": At(lambda o: {"pk": o.spare_holding}),
    "holding_assign": At(lambda o: {"pk": o.loose_holding}, body=lambda: {"unit": "1"}),
    "process_new": At(lambda o: {"pk": o.unit}, body=lambda: {"name": "硝化工艺"}),
    "process_remove": At(lambda o: {"pk": o.process}),
    "responsible_list": At(query=ENTERPRISE),
    "responsible": At(lambda o: {"pk": o.unit}),
    "responsible_appoint": At(
        lambda o: {"pk": o.unit, "duty": "technical"},
        body=lambda: {"name": "赵堃", "post": "生产副总", "phone": "13800000001", "starts": "2026-09-01"},
    ),
    "responsible_edit": At(
        lambda o: {"pk": o.responsible},
        body=lambda: {"name": "钱喆", "post": "总经理", "phone": "13800000002", "starts": "2026-02-01"},
    ),
    "responsible_end": At(lambda o: {"pk": o.responsible}, body=lambda: {"ends": "2026-10-01"}),
    "board": At(lambda o: {"pk": o.unit}),
    "board_pdf": At(lambda o: {"pk": o.unit}),
    "enterprise_people": At(lambda o: {"pk": o.enterprise}),
    "expiring": At(query=ENTERPRISE),
    "credential_new": At(
        lambda o: {"pk": o.enterprise},
        body=lambda: {"kind": "licence", "title": "排污许可证", "number": "P1", "valid_until": "2027-05-01"},
    ),
    "credential_edit": At(
        lambda o: {"pk": o.credential},
        body=lambda: {"kind": "licence", "title": "安全生产许可证", "number": "A9", "valid_until": "2027-06-01"},
    ),
    "credential_renew": At(lambda o: {"pk": o.credential}, body=lambda: {"number": "A1", "valid_until": "2031-06-01"}),
    "credential_end": At(lambda o: {"pk": o.credential}, body=lambda: {"ended_on": "2026-10-01"}),
    "unit_template": At(query=ENTERPRISE),
    "unit_sheet_new": At(),
    "unit_sheet": At(lambda o: {"pk": o.unit_sheet}, seen_by=own_city("office", "office_x")),
    "unit_sheet_confirm": At(lambda o: {"pk": o.unit_sheet}, seen_by=own_city("office", "office_x")),
    "duplicates": At(),
    "duplicate_search": At(),
    "merge": pair(reason="更名"),
    "distinct": pair(**{"distinct-reason": "两家"}),
    "merger_undo": At(
        lambda o: {"pk": o.merger}, body=lambda: {"reason": "误并"}, seen_by=own_city("office", "office_x")
    ),
    "transformations": At(query=ENTERPRISE),
    "transformation_new": At(lambda o: {"pk": o.enterprise}, body=lambda: dict(PLAN)),
    "transformation": At(lambda o: {"pk": o.entry}),
    "transformation_verb": At(lambda o: {"pk": o.entry, "verb": "progress"}, body=lambda: {"note": "已动工"}),
    "transformation_evidence": At(lambda o: {"pk": o.entry, "step": o.entry_step}),
    "transformation_original": At(lambda o: {"pk": o.entry, "step": o.entry_step}),
    "view_save": At(body=lambda: {"list": "enterprise_list", "name": "重点企业", "query": "key=1"}),
    "view_delete": At(lambda o: {"pk": o.saved_view}, seen_by=only_its_officer),
    "export_list": At(),
    "export_start": At(body=lambda: {"list": "enterprise_list", "query": ""}),
    "export": At(lambda o: {"pk": o.export}, seen_by=only_its_officer),
    "export_progress": At(lambda o: {"pk": o.export}, seen_by=only_its_officer),
    "export_restart": At(lambda o: {"pk": o.export}, seen_by=only_its_officer),
    "export_download": At(lambda o: {"pk": o.export}, seen_by=only_its_officer),
    "population": At(lambda o: {"pk": o.enterprise}, body=lambda: {"persons": "30"}),
    "enterprise_map": At(),
    "city_map": At(body=lambda: {"file": boundaries(), "coordinates_in": "wgs84"}),
    "city_map_restore": At(lambda o: {"pk": o.city_map}, seen_by=own_city("office", "office_x")),
    "calendar": At(),
    "calendar_enter": At(body=lambda: {"days": "2032-01-05 放假", "source": "通知"}),
    "calendar_withdraw": At(lambda o: {"pk": o.calendar_day}, seen_by=own_city("office", "office_x")),
    "calendar_count": At(body=lambda: {"code": "14", "unit": "工作日", "source": "法制机构答复"}),
    "calendar_review": At(),
    "api-calendar-day-list": At(body=lambda: {"days": "2032-01-05 放假", "source": "通知"}),
    "api-calendar-day-detail": At(lambda o: {"pk": o.calendar_day}, seen_by=own_city(*SEE_ACTIONS)),
    "api-calendar-day-withdraw": At(lambda o: {"pk": o.calendar_day}, seen_by=own_city(*SEE_ACTIONS)),
    "api-calendar-day-deadline": At(plus="?start=2026-09-28&length=10&unit=工作日"),
    "api-counting-list": At(body=lambda: {"code": "14", "unit": "工作日", "source": "法制机构答复"}),
    "catalog_list": At(),
    "catalog": At(fixed={"key": "key_chemicals"}),
    "catalog_line": At(fixed={"key": "key_chemicals", "code": "1"}),
    "catalog_pick": At(plus="?q=yl"),
    "import_list": At(),
    "import_new": At(),
    "import_detail": imported(),
    "import_mapping": imported(),
    "import_confirm": imported(),
    "import_progress": imported(),
    "import_rejected": imported(),
    # the console
    "admin:index": At(),
    "admin:jsi18n": At(),
    "admin:app_list": At(fixed={"app_label": "tenancy"}),
    "admin:autocomplete": At(plus="?app_label=tenancy&model_name=posting&field_name=person&term="),
    "admin:tenancy_account_reset": At(lambda o: {"pk": o.console["account"]}, seen_by=own_city(*CONSOLE)),
    **{
        f"admin:tenancy_account_{word}": At(lambda o: {"pk": o.console["account"]}, seen_by=own_city(*CONSOLE))
        for word in ("factor", "consent")
    },
    "admin:tenancy_tenant_changelist": At(),
    "admin:tenancy_tenant_change": kept("tenant", "secadmin"),
    **{f"admin:tenancy_{kind}_{page}": At() for kind in KINDS for page in ("changelist", "add")},
    **{f"admin:tenancy_{kind}_change": kept(kind, *CONSOLE) for kind in KINDS},
    # the API
    "api-account-list": At(),
    **{
        f"api-account-{word}": At(lambda o: {"pk": o.console["account"]}, seen_by=own_city(*CONSOLE))
        for word in ("detail", "reset-factor", "consent")
    },
    "api-training-list": At(query=PERSON, body=lambda: TRAINED | {"person": NOWHERE}),
    "api-training-aside": At(lambda o: {"pk": o.training}, body=lambda: {"reason": "重复"}, seen_by=posted_beside),
    "api-commendation-list": At(
        body=lambda: {"person": NOWHERE, "grounds": "好", "since": "2026-01-01", "until": "2026-02-01"}
    ),
    "api-commendation-detail": At(lambda o: {"pk": o.commendation}, seen_by=posted_beside),
    "api-commendation-decide": At(
        lambda o: {"pk": o.commendation}, body=lambda: {"grants": True, "opinion": "同意"}, seen_by=posted_beside
    ),
    "api-handover-detail": colleague(),
    "api-handover-give": colleague(to={}, reason="调离"),
    "api-assessment-list": At(query=ENTERPRISE),
    "api-assessment-detail": assessed(),
    "api-assessment-answer": assessed(code="GZ-01", verdict="ok"),
    "api-assessment-sign": assessed(name="expert君"),
    "api-assessment-finish": assessed(),
    "api-assessment-take": At(lambda o: {"pk": o.reported}),
    "api-catalog-list": At(),
    "api-catalog-detail": At(fixed={"key": "key_chemicals"}),
    "api-catalog-line-list": At(fixed={"key": "key_chemicals"}),
    "api-catalog-line-detail": At(fixed={"key": "key_chemicals", "code": "1"}),
    "api-enterprise-list": At(),
    "api-enterprise-detail": At(lambda o: {"pk": o.enterprise}),
    "api-sheet-list": At(),
    "api-sheet-detail": At(lambda o: {"pk": o.sheet}, body=lambda: {"answers": [{"code": "2.1.1", "count": 1}]}),
    "api-sheet-finish": At(lambda o: {"pk": o.sheet}),
    "api-grade-proposal-list": At(),
    "api-grade-proposal-detail": At(lambda o: {"pk": o.grade_proposal}),
    "api-enterprise-bulk": At(body=lambda: {"verb": "diagnosis", "ids": []}),
    "api-enterprise-grade": At(
        lambda o: {"pk": o.enterprise}, body=lambda: {"grade": "B", "source": "年度评估", "reason": "隐患已清"}
    ),
    "api-enterprise-decline": At(lambda o: {"pk": o.enterprise}, body=lambda: {"reason": "整改中"}),
    "api-enterprise-grade-decisions": At(lambda o: {"pk": o.enterprise}),
    "api-enterprise-facts": At(lambda o: {"pk": o.enterprise}),
    "api-enterprise-versions": At(lambda o: {"pk": o.enterprise}),
    "api-proposal-list": At(),
    "api-proposal-detail": At(lambda o: {"pk": o.proposal}),
    "api-proposal-withdraw": At(lambda o: {"pk": o.proposal}),
    "api-proposal-confirm": At(lambda o: {"pk": o.proposal}),
    "api-proposal-send-back": At(lambda o: {"pk": o.proposal}, body=lambda: {"note": "请附证明"}),
    "api-key-change-list": At(),
    "api-key-change-detail": At(lambda o: {"pk": o.key_change}),
    "api-export-list": At(body=lambda: {"list": "enterprise_list", "query": ""}),
    "api-export-detail": At(lambda o: {"pk": o.export}, seen_by=only_its_officer),
    "api-export-restart": At(lambda o: {"pk": o.export}, seen_by=only_its_officer),
    "api-export-download": At(lambda o: {"pk": o.export}, seen_by=only_its_officer),
    "api-unit-list": At(query=ENTERPRISE),
    "api-unit-detail": At(lambda o: {"pk": o.unit}, body=lambda: {"name": "改名罐区"}),
    "api-unit-holdings": At(lambda o: {"pk": o.unit}, body=lambda: {"substance": "苯", "quantity_t": "3"}),
    "api-unit-holding": At(lambda o: {"pk": o.unit, "holding_id": o.holding}, body=lambda: {"quantity_t": "4"}),
    "api-unit-judgements": At(lambda o: {"pk": o.unit}),
    "api-responsible-list": At(query=ENTERPRISE | {"unit": lambda o: o.unit}),
    "api-responsible-detail": At(lambda o: {"pk": o.responsible}, body=lambda: {"post": "总经理"}),
    "api-responsible-end": At(lambda o: {"pk": o.responsible}, body=lambda: {"ends": "2026-10-01"}),
    "api-credential-list": At(query=ENTERPRISE),
    "api-credential-detail": At(lambda o: {"pk": o.credential}, body=lambda: {"note": "副本"}),
    "api-credential-renew": At(lambda o: {"pk": o.credential}, body=lambda: {"valid_until": "2031-06-01"}),
    "api-credential-end": At(lambda o: {"pk": o.credential}, body=lambda: {"ended_on": "2026-10-01"}),
    "api-point-list": At(),
    "api-city-map-list": At(body=lambda: {"file": boundaries(), "coordinates_in": "wgs84"}),
    "api-city-map-detail": At(lambda o: {"pk": o.city_map}, seen_by=own_city(*SEE_THE_MAP)),
    "api-city-map-restore": At(lambda o: {"pk": o.city_map}, seen_by=own_city("office", "office_x")),
    "api-transformation-list": At(query=ENTERPRISE, body=lambda: dict(PLAN)),
    "api-transformation-detail": entry(),
    "api-transformation-change": entry(**PLAN, note="改期"),
    "api-transformation-progress": entry(note="已动工"),
    "api-transformation-finish": entry(note="已完成"),
    "api-transformation-drop": entry(note="不再实施"),
    "api-transformation-reopen": entry(note="重新列入", due_on="2027-12-01"),
    "api-duplicate-list": At(),
    "api-duplicate-search": At(),
    "api-duplicate-distinct": At(body=lambda: {"first": NOWHERE, "second": 1, "reason": "两家"}),
    "api-merger-list": At(body=lambda: {"gone": NOWHERE, "kept": 1, "reason": "更名"}),
    "api-merger-detail": At(lambda o: {"pk": o.merger}, seen_by=own_city("office", "office_x")),
    "api-merger-undo": At(
        lambda o: {"pk": o.merger}, body=lambda: {"reason": "误并"}, seen_by=own_city("office", "office_x")
    ),
    "api-hazard-list": At(query=ENTERPRISE | COUNTED),
    "api-hazard-detail": hazard("rectifying"),
    "api-hazard-submit": hazard("rectifying", note="已更换"),
    "api-hazard-accept": hazard("submitted", second=1),
    "api-hazard-send-back": hazard("submitted", note="仍有渗漏"),
    "api-hazard-confirm": hazard("confirming", note="同意"),
    "api-hazard-reopen": hazard("closed", note="复发", deadline="2027-12-01"),
    "api-hazard-void": hazard("recorded", note="重复"),
    "api-hazard-plan": hazard("rectifying", **FIVE),
    "api-hazard-ask": hazard("rectifying", wanted="2027-12-01", note="到货晚"),
    "api-hazard-withdraw": hazard("asked"),
    "api-hazard-grant": hazard("asked", until="2027-12-01", note="属实"),
    "api-hazard-refuse": hazard("asked", note="不属实"),
    "api-hazard-correct": hazard("extended", until="2027-12-02", note="写错"),
    "api-hazard-supervise": hazard("confirming", leader=1, note="每周报告"),
    "api-hazard-unsupervise": hazard("supervised", note="已完成"),
    "api-hazard-transfer": hazard("rectifying", organisation=1, note="改由主管部门办理"),
    "api-hazard-suspend": hazard("rectifying", **STOP),
    "api-hazard-bulk": At(body=lambda: {"verb": "void", "ids": []}),
    "api-register-list": At(),
    "api-register-detail": register(),
    "api-register-columns": register(columns={}),
    "api-register-confirm": register(),
    "api-register-back": register(reason="传错了"),
    "api-sample-list": At(
        body=lambda: {"starts": "2026-01-01", "ends": "2026-01-02", "number": 1, "seed": "2026年第138期"}
    ),
    "api-sample-detail": At(lambda o: {"pk": o.sample}, seen_by=drawn_for),
    "api-sample-item-list": At(query=ENTERPRISE | {"sample": lambda o: o.sample}),
    "api-sample-item-detail": At(lambda o: {"pk": o.sample_item}, seen_by=looked_at_by),
    "api-sample-item-look": At(
        lambda o: {"pk": o.sample_item}, body=lambda: {"result": "true", "note": "到现场看过"}, seen_by=looked_at_by
    ),
    "api-reason-template-list": At(body=lambda: {"return": ["照片不清"], "accept": ["同意"], "before": "-"}),
    "api-suspension-list": At(query=ENTERPRISE, body=lambda: STOP | {"enterprise": NOWHERE}),
    "api-suspension-detail": At(lambda o: {"pk": o.suspension}),
    "api-suspension-lift": At(lambda o: {"pk": o.suspension}, body=lambda: {"note": "已排除"}),
    "api-extension-list": At(query={"hazard": lambda o: o.hazards["asked"]}),
    "api-extension-detail": At(lambda o: {"pk": o.extension}),
    "api-plan-list": At(query=ENTERPRISE),
    "api-plan-detail": At(lambda o: {"pk": o.plan}),
    "api-reminder-list": At(query=ENTERPRISE),
    "api-reminder-detail": At(lambda o: {"pk": o.reminder}, seen_by=own_city("office", "office_x")),
    "api-notice-list": At(query=ENTERPRISE),
    "api-notice-detail": At(lambda o: {"pk": o.notice}),
    "api-notice-acknowledge": At(lambda o: {"pk": o.notice}, body=lambda: {"signed_by": "方安"}),
    "api-notice-refusal": At(lambda o: {"pk": o.notice}, body=lambda: {"refusal": "门卫李某见证"}),
    "api-notice-correct": At(
        lambda o: {"pk": o.notice},
        body=lambda: {"texts": {"items.0.description": "法兰渗漏"}, "reason": "错字", "second": 1},
    ),
    "api-notice-serve": At(
        lambda o: {"pk": o.notice}, body=lambda: SERVED | {"served_at": "2026-01-01T09:00:00+08:00"}
    ),
    "api-notice-pdf": At(lambda o: {"pk": o.notice}),
    "api-notice-photos": At(lambda o: {"pk": o.notice}),
    "api-document-code-list": At(
        body=lambda: {"kind": "inspection_plan", "characters": "应急检案", "source": "省厅式样"}
    ),
    "api-visit-record": At(
        lambda o: {"pk": o.finished},
        body=lambda: RECORDED | {"started_at": "2026-01-01T09:00:00+08:00", "ended_at": "2026-01-01T11:00:00+08:00"},
    ),
    "api-scheme-list": At(query=ENTERPRISE, body=lambda: SCHEME | {"enterprise": NOWHERE}),
    "api-scheme-detail": At(lambda o: {"pk": o.scheme}, seen_by=looked_at_by),
    "api-scheme-change": At(lambda o: {"pk": o.scheme}, body=lambda: dict(SCHEME), seen_by=looked_at_by),
    "api-scheme-review": At(lambda o: {"pk": o.scheme}, seen_by=looked_at_by),
    "api-scheme-approve": At(lambda o: {"pk": o.scheme}, seen_by=looked_at_by),
    "api-scheme-send-back": At(lambda o: {"pk": o.scheme}, body=lambda: {"opinion": "再议"}, seen_by=looked_at_by),
    "api-scheme-withdraw": At(lambda o: {"pk": o.scheme}, seen_by=looked_at_by),
    "api-scheme-pdf": At(lambda o: {"pk": o.scheme}, seen_by=looked_at_by),
    "api-evidence-list": At(query=HAZARD | {"visit": lambda o: o.walking}),
    "api-evidence-detail": At(lambda o: {"pk": o.evidence}),
    "api-selfcheck-list": At(query=ENTERPRISE, body=lambda: dict(OWN_FINDING)),
    "api-selfcheck-detail": own_finding(),
    "api-selfcheck-change": own_finding(**OWN_FINDING, note="补充"),
    "api-selfcheck-finish": own_finding(note="已更换垫片"),
    "api-selfcheck-cancel": own_finding(note="误报"),
    "api-selfcheck-reopen": own_finding(note="又渗漏", planned_on="2027-12-01"),
    "api-selfcheck-photos": own_finding(phase="found", file=photo(57)),
    "api-selfcheck-officialise": own_finding(description="法兰渗漏", level="general", accident_type="leak"),
    "api-broadcast-list": At(body=lambda: dict(LESSON)),
    "api-broadcast-detail": At(lambda o: {"pk": o.broadcast}),
    "api-broadcast-preview": At(body=lambda: {"major": True}),
    "api-broadcast-add": At(lambda o: {"pk": o.broadcast}, body=lambda: {"major": True}),
    "api-broadcast-press": At(lambda o: {"pk": o.broadcast}),
    "api-broadcast-counts": At(lambda o: {"pk": o.broadcast}),
    "api-address-list": At(query=ENTERPRISE | {"broadcast": lambda o: o.broadcast}),
    "api-address-detail": At(lambda o: {"pk": o.address}),
    "api-address-answer": At(lambda o: {"pk": o.address}, body=lambda: {"items": [{"verdict": "none"}]}),
    "uploads": At(),
    "upload": At(lambda o: {"key": o.upload}, seen_by=only_its_officer),
    "api-visit-photos": At(lambda o: {"pk": o.walking}, body=lambda: {"code": SECOND, "file": photo(56)}),
    "api-visit-list": At(query=ENTERPRISE | PERSON),
    "api-field-me": At(),
    "api-field-plants": At(),
    "api-field-checklist": At(),
    "api-field-pack": At(lambda o: {"pk": o.enterprise}),
    "api-field-numbers": At(body=lambda: {"device": DEVICE, "hold": 1}),
    "api-field-numbers-back": At(body=lambda: {"device": DEVICE, "numbers": [1]}),
    "api-field-visits": At(body=lambda: {"format": 1, "key": DEVICE, "enterprise": 1}),
    "api-field-files": At(body=lambda: {"key": DEVICE, "upload": DEVICE}),
    "api-visit-voices": At(lambda o: {"pk": o.outing}),
    "api-visit-voice": At(lambda o: {"pk": o.outing, "voice": o.voice}),
    "api-visit-detail": At(lambda o: {"pk": o.finished}),
    "api-planned-list": At(query=ENTERPRISE, body=lambda: {"enterprise": NOWHERE, "month": "2027-12-01"}),
    "api-planned-detail": planned({}),
    "api-planned-assign": planned({"first": 1, "second": 2}),
    "api-planned-move": planned({"month": "2027-12-01", "reason": "停车检修"}),
    "api-planned-cancel": planned({"reason": "已停产"}),
    "api-planned-offer": planned({"other": 1}),
    "api-planned-answer": planned({"offer": 1, "accepts": False, "reason": "时间不合"}),
    "api-planned-preview": At(body=lambda: {"year": 1999}),
    "api-planned-generate": At(body=lambda: {"year": 1999}),
    "api-coverage-list": At(),
    "api-due-list": At(),
    "api-assessed-list": At(),
    "api-action-list": At(body=lambda: {"title": ""}),
    "api-action-detail": At(lambda o: {"pk": o.action}, seen_by=own_city(*SEE_ACTIONS)),
    "api-action-start": At(lambda o: {"pk": o.action}, seen_by=own_city(*SEE_ACTIONS)),
    "api-action-join": At(lambda o: {"pk": o.action}, seen_by=own_city(*SEE_ACTIONS)),
    "api-action-end": At(lambda o: {"pk": o.action}, body=lambda: {"revision": 0}, seen_by=own_city(*SEE_ACTIONS)),
    "api-action-plan": At(
        lambda o: {"pk": o.action}, body=lambda: {"month": "2020-01-01"}, seen_by=own_city(*SEE_ACTIONS)
    ),
    "api-action-progress": At(lambda o: {"pk": o.action}, seen_by=own_city(*SEE_ACTIONS)),
    "api-target-list": At(query=ENTERPRISE | {"action": lambda o: o.action}),
    "api-template-list": At(body=lambda: {"subject": ""}),
    "api-template-detail": At(lambda o: {"pk": o.template}, seen_by=own_city(*SEE_ACTIONS)),
    "api-template-withdraw": At(lambda o: {"pk": o.template}, seen_by=own_city(*SEE_ACTIONS)),
    "api-template-composed": At(query=ENTERPRISE),
    "api-draw-list": At(body=lambda: {"title": "", "month": "2027-12-01", "size": 1}),
    "api-draw-detail": At(lambda o: {"pk": o.draw}, seen_by=drawn_for),
    "api-draw-announce": At(lambda o: {"pk": o.draw}, seen_by=drawn_for),
    "api-draw-draw": At(lambda o: {"pk": o.draw}, body=lambda: {"seed": "双色球"}, seen_by=drawn_for),
    "api-frequency-list": At(body=lambda: {"grade": "B", "visits_a_year": 5, "from_day": "2027-12-01", "reason": "依"}),
    "schema": At(),
    "api-docs": At(),
}


def every_pattern(patterns=None, prefix: str = "", space: str = ""):
    """(name with its namespace, route, pattern) of everything the resolver knows."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from every_pattern(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", route, pattern


def needs_of(callback, method: str) -> str | None:
    """What a view asks of the permission table for one method; None for one that is outside any scope."""
    declared = getattr(callback, "needs", None) or getattr(getattr(callback, "cls", None), "needs", None)
    if isinstance(declared, dict):
        action = getattr(callback, "actions", {}).get(method.lower())
        return declared.get(action or method.lower(), declared["default"])
    return declared
