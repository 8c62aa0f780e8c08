"""The permission table: action × role → always, or under a named condition. What is not listed is never allowed.

Pages, API, templates and tests all read this one table. The wall decides which records a person can see at all; this
decides what they may do with the ones they see.
"""

from functools import wraps

from portal.refusals import NotAllowed
from portal.tenancy.scope import Who, who

ALWAYS = "always"

ROLES = (
    "office",
    "department",
    "inspector",
    "expert",
    "officer",
    "auditor",
    "sysadmin",
    "secadmin",
    "operator",
    "system",
)
STAFF = ("office", "department", "inspector")


def grant(*roles: str, **conditions: str) -> dict[str, str]:
    return {role: ALWAYS for role in roles} | conditions


TABLE: dict[str, dict[str, str]] = {
    # the ledger
    "enterprises.view": grant(*STAFF, "expert", "officer", "auditor", "system"),
    "enterprises.contacts": grant(*STAFF, "expert", "officer"),
    "enterprises.import": grant("office", "system"),
    "enterprises.edit": grant("office", "inspector"),
    "enterprises.move": grant("office"),
    "enterprises.grade": grant("office", inspector="leads"),
    "enterprises.merge": grant("office"),
    "enterprises.bulk": grant("office", "inspector"),
    "views.save": grant(*STAFF, "expert", "officer", "auditor"),
    "map.view": grant(*STAFF, "auditor"),
    "map.draw": grant("office"),
    "facts.propose": grant("officer"),
    "facts.view": grant(*STAFF, "officer", "auditor"),
    "facts.decide": grant("office", "inspector"),
    "units.view": grant(*STAFF, "expert", "officer", "auditor"),
    "units.edit": grant("office", "inspector", "system"),
    "diagnosis.view": grant(*STAFF, "expert", "officer", "auditor"),
    "diagnosis.fill": grant("office", "inspector", "expert"),
    "grades.propose": grant("office", "inspector", "expert", "system"),
    "responsible.view": grant(*STAFF, "expert", "officer", "auditor"),
    "responsible.edit": grant("office", "inspector", "officer"),
    "responsible.remind": grant("office", "system"),
    "transformation.view": grant(*STAFF, "officer", "auditor"),
    "transformation.edit": grant("office", "inspector"),
    # the law, for everyone who works with it
    "catalogs.view": grant(*STAFF, "expert", "officer", "auditor"),
    # 放假安排 moves legal deadlines: the office's, not the system administrator's, who sees no business data.
    "calendar.view": grant(*STAFF, "auditor"),
    "calendar.edit": grant("office"),
    # visits
    "visits.view": grant(*STAFF, "auditor"),
    "visits.conduct": grant("inspector", "department", "office"),
    # 今日工作, the district's people, and what moves when somebody's post ends
    "day.view": grant(*STAFF),
    "team.view": grant("office", "auditor", inspector="leads"),
    "team.person": grant("office", "auditor", inspector="own_or_leads"),
    "team.train": grant("office", inspector="leads"),
    "commendations.view": grant("office", "auditor", inspector="leads"),
    "commendations.propose": grant(inspector="leads"),
    "commendations.decide": grant("office"),
    "handover.give": grant("office", department="own_or_leads", inspector="own_or_leads"),
    "handover.watch": grant("office", "system"),
    # 专家评估
    "experts.list": grant("office", "auditor"),
    "experts.view": grant("office", "expert", "auditor"),
    "experts.edit": grant("office"),
    "experts.declare": grant("office", "expert"),
    "experts.comment": grant("expert"),
    "assessments.view": grant(*STAFF, "expert", "auditor"),
    "assessments.open": grant("office"),
    "assessments.fill": grant("expert"),
    "assessments.reports": grant(*STAFF, "expert", "officer", "auditor"),
    "assessments.take": grant(*STAFF),
    "assessments.coverage": grant(*STAFF, "auditor"),
    "assessments.remind": grant("office", "system"),
    "checklists.make": grant("office"),
    # the plan of visits, and how often a grade is visited
    "plans.view": grant(*STAFF, "auditor"),
    "plans.frequency": grant("office"),
    "plans.generate": grant("office", inspector="leads"),
    # A body arranges its own visits: in a district whoever leads it.
    "plans.arrange": grant("office", department="its_body", inspector="its_body_who_leads"),
    # 双随机: published, then drawn; departments ask the office, which draws for every body
    "draws.view": grant("office", "inspector", "auditor"),
    "draws.draw": grant("office", inspector="leads"),
    # 专项行动: the office's for the whole city; a district's leader or a department plans its visits
    "actions.view": grant(*STAFF, "auditor"),
    "actions.run": grant("office"),
    "actions.plan": grant(department=ALWAYS, inspector="leads"),
    # 外出检查文件: what a device without signal saved to a file comes in at the office's desk.
    "visits.import": grant("inspector", "department", "office"),
    # hazards and notices
    "hazards.view": grant(*STAFF, "expert", "officer", "auditor", "system"),
    "hazards.record": grant("inspector", "department", "office"),
    "hazards.import": grant("office", "inspector"),
    "hazards.issue": grant("inspector", "department", "office"),
    "hazards.acknowledge": grant("officer"),
    "hazards.submit": grant("officer"),
    # Once it is handed to another unit, that unit rechecks it; the office may always.
    "hazards.recheck": grant("office", inspector="handles", department="handles"),
    # 重大隐患 closes only on a second person's word: the office, or the district's leadership (handbook §4).
    "hazards.confirm": grant(office="second_person", inspector="second_person_who_leads"),
    "hazards.plan": grant("officer"),
    "hazards.ask": grant("officer"),
    # The first extension of an unsupervised hazard is answered by whoever rechecks it, any other by the office (handbook §4).
    "hazards.extend": grant("office", inspector="answers_extension", department="answers_extension"),
    "hazards.lapse": grant("system"),
    "hazards.correct": grant("office"),
    "hazards.supervise": grant("office"),
    "hazards.transfer": grant("office", inspector="leads", department="leads"),
    "hazards.bulk": grant(*STAFF),
    "suspensions.view": grant(*STAFF, "expert", "officer", "auditor"),
    "suspensions.order": grant(*STAFF),
    "suspensions.lift": grant("office", inspector="leads", department="leads"),
    "hazards.reopen": grant("office"),
    "hazards.void": grant("office", inspector="leads"),
    # codes for the workshop door
    "labels.print": grant(*STAFF, "officer"),
    # 抽查复核: by lot, and looked at again by somebody else than the one who accepted it
    "samples.draw": grant("office", inspector="leads"),
    "samples.view": grant("office", "inspector", "auditor"),
    "samples.items": grant(*STAFF, "auditor"),
    "samples.look": grant(office="fresh_eyes", department="fresh_eyes", inspector="fresh_eyes"),
    # the sentences a city decides with
    "templates.edit": grant("office", inspector="leads"),
    "hazards.remind": grant("office", "system"),
    "reminders.view": grant(*STAFF, "officer", "auditor"),
    # Who was told what by name, across the city.
    "reminders.ledger": grant("office"),
    # 预留文号: numbers that devices took along where there is no signal.
    "numbers.view": grant(*STAFF, "auditor"),
    "numbers.void": grant("office", inspector="leads"),
    "notices.view": grant(*STAFF, "officer", "auditor"),
    "notices.correct": grant(office="issuer", department="issuer", inspector="issuer"),
    "notices.serve": grant(office="issuer", department="issuer", inspector="issuer"),
    # 字轨 that the catalog could not verify: a named person of the office answers for it.
    "documents.codes": grant("office"),
    # 现场检查方案: no enterprise knows of a visit beforehand
    "schemes.view": grant(*STAFF, "auditor"),
    "schemes.draft": grant(*STAFF),
    "schemes.review": grant(office="named_reviewer", department="named_reviewer", inspector="named_reviewer"),
    "schemes.approve": grant(office="named_approver", department="named_approver", inspector="named_approver"),
    "evidence.view": grant(*STAFF, "expert", "officer", "auditor"),
    "evidence.upload": grant("officer", *STAFF),
    # what an enterprise finds itself: its own from beginning to end, and no figure of the campaign
    "selfchecks.view": grant(*STAFF, "officer", "auditor"),
    "selfchecks.report": grant("officer"),
    "selfchecks.officialise": grant("inspector", "department", "office"),
    "selfchecks.remind": grant("office", "system"),
    # 举一反三: the office's or a district leader's to send
    "broadcasts.follow": grant(*STAFF, "auditor"),
    "broadcasts.view": grant(*STAFF, "officer", "auditor"),
    "broadcasts.send": grant("office", inspector="leads"),
    "broadcasts.answer": grant("officer"),
    # where to look, never a verdict
    "leads.view": grant(*STAFF, "auditor"),
    "leads.check": grant("office", "inspector"),
    "leads.compute": grant("office", "system"),
    # 年度考核: reckoned and announced by the office; those concerned see their own once it is announced
    "scores.view": grant(*STAFF, "officer", "auditor"),
    "scores.run": grant("office", "system"),
    "scores.template": grant("office"),
    "scores.enter": grant("office"),
    "scores.announce": grant("office"),
    "scores.past": grant("office"),
    "scores.object": grant("officer", inspector="leads", department="leads"),
    "scores.decide": grant("office"),
    "scores.export": grant("office", "auditor"),
    # 任务: the office's to give; done by the unit that answers for it, reported on by those that assist as well
    "tasks.view": grant(*STAFF, "auditor"),
    "tasks.manage": grant("office"),
    "tasks.act": grant(office="its_task", department="its_task", inspector="its_task"),
    "tasks.report": grant(office="concerned", department="concerned", inspector="concerned"),
    "tasks.remind": grant("office", "system"),
    "phases.view": grant(*STAFF, "auditor"),
    "phases.manage": grant("office"),
    # 工作报告: made by themselves, worded and issued by the office; a district reads its own once it is issued
    "reports.view": grant("office", "inspector", "auditor"),
    "reports.make": grant("office", "system"),
    "reports.edit": grant("office"),
    "reports.issue": grant("office"),
    "goals.view": grant(*STAFF, "auditor"),
    "goals.edit": grant("office"),
    "group.view": grant(*STAFF, "auditor"),
    "group.edit": grant("office"),
    # 表彰、通报批评、约谈、问责: the office's, on a second person's word; the wall shows each to those it concerns
    "measures.view": grant(*STAFF, "expert", "officer", "auditor"),
    "measures.draft": grant("office"),
    "measures.approve": grant(office="leads_and_wrote_none_of_it"),
    "measures.issue": grant("office"),
    "measures.reply": grant(
        **dict.fromkeys(("office", "department", "inspector", "expert", "officer"), "answers_for_it")
    ),
    "measures.remind": grant("office", "system"),
    "measures.close": grant("office"),
    "measures.revoke": grant(office="leads"),
    "measures.export": grant("office", "auditor"),
    # the leadership's view
    "dashboard.view": grant(*STAFF, "auditor"),
    "screens.manage": grant("office"),
    "campaign.view": grant(*STAFF, "officer", "expert", "auditor"),
    "campaign.edit": grant("office"),
    "messages.view": grant(*STAFF, "expert", "officer", "auditor", "sysadmin", "secadmin"),
    "messages.undelivered": grant("office"),
    "health.view": grant("office", "sysadmin"),
    # keeping the house
    "audit.view": grant("auditor"),
    "people.manage": grant("sysadmin", "system"),
    "postings.manage": grant("sysadmin", "secadmin", "system"),
    "accounts.close": grant("sysadmin", "secadmin", "system"),
    # 动态口令: the security administrator's to reset, an administrator's own on a second administrator's word.
    "accounts.factor": grant("system", secadmin="of_somebody_else"),
    "accounts.consent": grant(sysadmin="of_somebody_else", secadmin="of_somebody_else"),
    "security.manage": grant("secadmin"),
    "admin.console": grant("sysadmin", "secadmin"),
    "api.docs": grant(*STAFF, "officer", "expert", "auditor"),
    "manual.view": grant(*ROLES),
    "home": grant(*ROLES),
}


def leads(person: Who, record=None) -> bool:
    return person.leads


def second_person(person: Who, record=None) -> bool:
    """Not the one who rechecked it; asked without a record (to draw a menu) the answer is: perhaps."""
    return record is None or record.rechecked_by_id != person.person_id


def handles(person: Who, record=None) -> bool:
    """It was handed to nobody else."""
    return record is None or record.handler_id in (None, person.organisation_id)


def answers_extension(person: Who, record=None) -> bool:
    return handles(person, record) and (record is None or not record.office_answers)


def its_body(person: Who, record=None) -> bool:
    """The visit is planned by the person's own body, alone or jointly."""
    return record is None or person.organisation_id in (record.organisation_id, record.joint_with_id)


def own_or_leads(person: Who, record=None) -> bool:
    """Of the person themself, or of somebody in the body they lead."""
    if record is None or record.person_id == person.person_id:
        return True
    return person.leads and record.organisation_id == person.organisation_id


def of_somebody_else(person: Who, record=None) -> bool:
    """An account of another person."""
    return record is None or record.person_id != person.person_id


def its_task(person: Who, record=None) -> bool:
    """Its own unit answers for the task."""
    return record is None or record.unit_id == person.organisation_id


def concerned(person: Who, record=None) -> bool:
    """Its own unit answers for the task, or assists in it."""
    return record is None or person.organisation_id in record.units


def issuer(person: Who, record=None) -> bool:
    """Of the body that issued it."""
    return record is None or record.organisation_id == person.organisation_id


def named_reviewer(person: Who, record=None) -> bool:
    return record is None or record.reviewer_id == person.person_id


def named_approver(person: Who, record=None) -> bool:
    return leads(person) and (record is None or record.approver_id == person.person_id)


def leads_and_wrote_none_of_it(person: Who, record=None) -> bool:
    return leads(person) and (record is None or person.person_id not in record.authors)


def answers_for_it(person: Who, record=None) -> bool:
    """Answers for the district, body or enterprise it is about, or is the person; without a record: perhaps."""
    if record is None:
        return True
    own = {
        "person": person.person_id,
        "district": person.district_id if person.leads else None,
        "organisation": person.organisation_id if person.leads else None,
        "enterprise": person.enterprise_id if person.role == "officer" else None,
    }
    if own[record.subject_kind] == record.subject_id:
        return True
    # Where nobody is registered as the unit's leader, whoever is posted there answers: no reply is impossible to give.
    unit = {"district": person.district_id, "organisation": person.organisation_id}.get(record.subject_kind)
    return unit is not None and unit == record.subject_id and record.leaderless


CONDITIONS = {
    "its_task": its_task,
    "concerned": concerned,
    "answers_for_it": answers_for_it,
    "leads_and_wrote_none_of_it": leads_and_wrote_none_of_it,
    "issuer": issuer,
    "named_reviewer": named_reviewer,
    "named_approver": named_approver,
    "own_or_leads": own_or_leads,
    "of_somebody_else": of_somebody_else,
    "its_body": its_body,
    "its_body_who_leads": lambda person, record=None: leads(person) and its_body(person, record),
    "leads": leads,
    "handles": handles,
    "answers_extension": answers_extension,
    "second_person": second_person,
    "fresh_eyes": second_person,
    "second_person_who_leads": lambda person, record=None: leads(person) and second_person(person, record),
}

WHY_NOT = {
    "answers_for_it": "由被表彰、通报、约谈、问责的本人，或该单位的负责人（没有登记负责人的，该单位在职人员）、该企业的安全员回复。",
    "leads_and_wrote_none_of_it": "须由领导小组办公室负责人审批，拟稿和修改过的人不能审批。",
    "own_or_leads": "他人的事项由本单位负责人或领导小组办公室办理。",
    "of_somebody_else": "自己账号的动态口令不能由自己重置或同意重置，请由另一位管理员办理。",
    "its_body": "这次检查由其他单位计划，由计划单位办理。",
    "its_body_who_leads": "检查计划由计划单位的负责人办理。",
    "its_task": "这项任务由责任单位的人员办理。",
    "concerned": "进展由责任单位和配合单位的人员填报。",
    "issuer": "文书由制发机关的人员更正、送达。",
    "named_reviewer": "这份方案由拟制时指定的科室负责人审核。",
    "named_approver": "这份方案由拟制时指定的分管领导审批。",
    "leads": "这一步须由本单位负责人办理。",
    "handles": "这条隐患已移交其他单位承办，由承办单位办理。",
    "answers_extension": "再次延期、挂牌督办隐患的延期由领导小组办公室答复；已移交的由承办单位答复。",
    "second_person": "重大隐患销号须由另一人审核：复查人不能审核自己的复查结论。",
    "fresh_eyes": "抽查复核须由他人进行：复查人不能复核自己的复查结论。",
    "second_person_who_leads": "重大隐患销号须由领导小组办公室或区县负责人审核，且不能是复查人本人。",
}


def may(action: str, record=None, person: Who | None = None) -> bool:
    """Whether the acting person may do this (to this record). An unknown action is a programming error."""
    person = person or who()
    condition = TABLE[action].get(person.role)
    if condition is None:
        return False
    return condition == ALWAYS or CONDITIONS[condition](person, record)


def demand(action: str, record=None) -> None:
    """Raise NotAllowed with the reason where `may` says no."""
    if not may(action, record):
        condition = TABLE[action].get(who().role)
        raise NotAllowed(WHY_NOT.get(condition, "您的角色没有办理这一事项的权限。"))


def needs(action: str):
    """Declare what a view asks for. A view without it is refused at start-up by the resolver test."""
    assert action in TABLE, action

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            demand(action)
            return view(request, *args, **kwargs)

        guarded.needs = action
        return guarded

    return decorate
