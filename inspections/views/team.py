"""Pages of 队伍建设: a body's people, one person, what they were trained in, and commendations."""

from datetime import date
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from inspections.actions import team as verbs
from inspections.forms_team import AsideForm, CommendForm, DecideForm, PeriodForm, TrainingForm
from inspections.queries import team as reads
from inspections.queries.handover import Leaver
from inspections.queries.quality import MEANS, SHOWS
from portal.exports.registry import export_of
from portal.permissions import demand, may, needs
from portal.ui.posting import saved, shown

FORM = "inspections/team_form.html"
DECISIONS = 200


def period(request) -> tuple[PeriodForm, date, date]:
    """This year up to today, unless another is asked for."""
    today = timezone.localdate()
    form = PeriodForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    until = min(given.get("until") or today, today)
    since = given.get("since") or until.replace(month=1, day=1)
    return PeriodForm(initial={"since": min(since, until), "until": until}), min(since, until), until


@needs("team.view")
def team(request):
    """?body= names the body; a district's leader sees their own."""
    bodies = reads.bodies()
    asked = request.GET.get("body", "")
    body = next((one for one in bodies if str(one.pk) == asked), bodies[0] if bodies and not asked else None)
    if body is None:
        raise Http404(f"body {asked}")
    form, since, until = period(request)
    context = {
        "team": reads.team(body, since, until),
        "bodies": bodies,
        "form": form,
        "since": since,
        "until": until,
        "means": [*MEANS.values(), ("培训学时", reads.HOURS_MEANS), ("在办", reads.WORKLOAD_MEANS)],
        "asked": reads.hours_asked(request.user.tenant_settings),
    }
    return render(request, "inspections/team.html", context)


def the_member(request, pk: int, since: date, until: date) -> reads.Member:
    member = reads.member_or_404(pk, since, until)
    demand("team.person", member.leaver)
    return member


def addressed(since: date, until: date, **more: str) -> str:
    return "?" + urlencode({"since": since.isoformat(), "until": until.isoformat()} | more)


def cards(member: reads.Member, since: date, until: date) -> list[tuple[str, str, str, str]]:
    """Value, label, definition and the way to the records of each figure."""
    mine = {"person": member.person.pk, "state": "finished", "visited_from": since, "visited_to": until}
    visits = f"{reverse('visit_list')}?{urlencode(mine)}"
    shows = {
        "rechecks": {},
        "returned": {"show": "returned"},
        "on_time": {"show": "late"},
        "untrue": {"show": "untrue"},
    }
    links = {key: addressed(since, until, **more) + "#decisions-title" for key, more in shows.items()}
    return [
        (value, label, meaning, links.get(key, visits))
        for key, (label, value, meaning) in zip(MEANS, member.quality.figures, strict=True)
    ]


@needs("team.person")
def team_person(request, pk):
    """One person's figures and, under each, the very records; ?show= names the figure."""
    form, since, until = period(request)
    member = the_member(request, pk, since, until)
    show = request.GET.get("show", "")
    decisions = member.quality.shown(show)
    context = {
        "member": member,
        "person": member.person,
        "form": form,
        "since": since,
        "until": until,
        "trainings": reads.trainings_of(pk),
        "asked": reads.hours_asked(request.user.tenant_settings),
        "cards": cards(member, since, until),
        "here": addressed(since, until),
        "show": show,
        "shows": SHOWS.items(),
        "decisions": decisions[:DECISIONS],
        "all": len(decisions),
        "trains": may("team.train"),
        "commends": may("commendations.propose") and pk != request.who.person_id,
        "hands": may("handover.give", member.leaver),
        "workload_means": reads.WORKLOAD_MEANS,
        "hours_means": reads.HOURS_MEANS,
    }
    return render(request, "inspections/team_person.html", context)


def today_alone(request, pk: int) -> Leaver:
    today = timezone.localdate()
    return the_member(request, pk, today, today).leaver


@needs("team.train")
def training_new(request, pk):
    leaver = today_alone(request, pk)
    form = TrainingForm(request.POST or None)
    if request.method == "POST":
        act = lambda: verbs.enter_training(pk, form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, "已登记培训。", "team_person", pk):
            return answer
    return shown(request, FORM, form, person=leaver.person, heading=f"登记{leaver.person.name}的培训")


@needs("team.train")
def training_aside(request, pk):
    record = reads.training_or_404(pk)
    form = AsideForm(request.POST or None)
    if request.method == "POST":
        act = lambda: verbs.set_training_aside(pk, form.cleaned_data["reason"])  # noqa: E731
        if answer := saved(request, form, act, "已作废。", "team_person", record.person_id):
            return answer
    return shown(request, FORM, form, person=record.person, heading=f"作废培训记录：{record}")


@needs("commendations.propose")
def commend(request, pk):
    _, since, until = period(request)
    leaver = today_alone(request, pk)
    form = CommendForm(request.POST or None, initial={"since": since, "until": until})
    if request.method == "POST" and form.is_valid():
        made = {}
        act = lambda: made.update(pk=verbs.propose(pk, **form.cleaned_data).pk)  # noqa: E731
        if answer := saved(request, form, act, "已提出，领导小组办公室会收到消息。", "team_person", pk):
            return redirect("commendation", made["pk"]) if made else answer
    return shown(request, FORM, form, person=leaver.person, heading=f"建议表彰{leaver.person.name}")


@needs("commendations.view")
def commendation_list(request):
    page = export_of("commendation_list").listed(request)
    return page.render("inspections/commendation_list.html")


@needs("commendations.view")
def commendation(request, pk):
    record = reads.commendation_or_404(pk)
    form = DecideForm(request.POST or None)
    if request.method == "POST":
        demand("commendations.decide")
        act = lambda: verbs.decide(pk, **form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, "已决定，建议人会收到消息。", "commendation", pk):
            return answer
    decides = may("commendations.decide") and record.state == record.State.PROPOSED
    return shown(request, "inspections/commendation.html", form, record=record, decides=decides)
