"""专项行动: an action's own checklist and scope; once started its plants are rows that stay, and later ones may join."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.models import AccidentType
from inspections.actions.plans import coming, one_at_a_time, warn
from inspections.models import ActionTarget, PlannedVisit, ThemedAction
from inspections.queries.checklists import checklist, is_current, newest_edition, template_or_404
from inspections.scope import Scope
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.scope import in_one_piece, who

State = ThemedAction.State
FIELDS = ("title", "themes", "starts", "ends", "query", "scope_words", "template_id", "codes")


def prepare(
    *,
    title: str,
    themes: list[str],
    starts: date,
    ends: date,
    scope: Scope,
    codes: Iterable[str] = (),
    template: int | None = None,
) -> ThemedAction:
    """拟定, not yet started. Its visits go through the items `codes` of the newest checklist, or of a template.

    Of a template without codes: all of them. Raises BadInput, Refused.
    """
    demand("actions.run")
    action = ThemedAction(edition=newest_edition(), by_name=who().person_name)
    write(action, title=title, themes=themes, starts=starts, ends=ends, scope=scope, codes=codes, template=template)
    action.save()
    audit("actions.prepare", action, {name: plain(getattr(action, name)) for name in FIELDS}, label=action.title)
    return action


def change(action_id: int, *, revision: int | None = None, **told) -> ThemedAction:
    """修改 what has not been started. Raises IllegalMove, Refused, BadInput."""
    action = locked(action_id, State.PREPARED, revision)
    before = {name: plain(getattr(action, name)) for name in FIELDS}
    write(action, **told)
    changes = {name: [before[name], plain(getattr(action, name))] for name in FIELDS}
    action.revision += 1
    action.save()
    audit(
        "actions.change",
        action,
        {name: pair for name, pair in changes.items() if pair[0] != pair[1]},
        label=action.title,
    )
    return action


def write(
    action: ThemedAction,
    *,
    title: str,
    themes: list[str],
    starts: date,
    ends: date,
    scope: Scope,
    codes: Iterable[str] = (),
    template: int | None = None,
) -> None:
    if not title.strip():
        raise BadInput("请填写行动名称。", field="title")
    if not themes or not set(themes) <= set(AccidentType.values):
        raise BadInput("请至少选择一个主题。", field="themes")
    if ends < starts:
        raise BadInput("截止日期不能早于开始日期。", field="ends")
    scope.found  # noqa: B018 - a facet that cannot be read is refused here
    action.template = template_or_404(template) if template else None
    if action.template and not is_current(action.template):
        raise Refused(f"检查表模板“{action.template}”已停用或有了新版本，请重新选择。", field="template")
    action.edition = action.template.edition if action.template else newest_edition()
    known = checklist(action.edition, action.template).codes
    chosen = set(codes) or set(known if action.template else ())
    if not chosen:
        raise BadInput("请至少选择一项检查内容。", field="codes")
    if missing := chosen - set(known):
        raise BadInput(f"检查表中没有“{min(missing)}”这一项。", field="codes")
    action.title, action.themes, action.starts, action.ends = title.strip()[:80], themes, starts, ends
    action.query, action.scope_words = scope.query[:1000], scope.words[:300]
    action.codes = [code for code in known if code in chosen]


def plain(value):
    return value.isoformat() if isinstance(value, date) else value


def locked(action_id: int, state: str, revision: int | None = None) -> ThemedAction:
    demand("actions.run")
    action = ThemedAction.objects.select_for_update(of=("self",)).select_related("edition").filter(pk=action_id).first()
    if action is None:
        raise Http404(f"themed action {action_id}")
    if action.state != state:
        raise IllegalMove(f"这次专项行动{action.get_state_display()}，不能办理。")
    if revision not in (None, action.revision):
        raise Refused("这次专项行动刚刚被他人修改，请核对后再提交。")
    return action


@in_one_piece
def start(action_id: int, *, revision: int | None = None) -> ThemedAction:
    """启动: the plants that the scope finds today become the action's own rows. Raises BadInput where it finds none."""
    action = locked(action_id, State.PREPARED, revision)
    joined = join(action, Scope.of(action.query).found)
    if not joined:
        raise BadInput("现在没有符合条件的企业，请先修改企业范围。")
    action.state, action.started_at = State.RUNNING, timezone.now()
    action.revision += 1
    action.save(update_fields=["state", "started_at", "revision"])
    audit("actions.start", action, {"plants": joined, "codes": len(action.codes)}, label=action.title)
    return action


@in_one_piece
def add_later(action_id: int) -> int:
    """补充: plants that have come under the scope since; none is ever taken out. Returns how many joined."""
    action = locked(action_id, State.RUNNING)
    joined = join(action, Scope.of(action.query).found)
    audit("actions.join", action, {"plants": joined}, label=action.title)
    return joined


def join(action: ThemedAction, plants: QuerySet[Enterprise]) -> int:
    there = set(ActionTarget.objects.filter(action=action).values_list("enterprise_id", flat=True))
    fresh = []
    for plant in plants.exclude(pk__in=there).order_by("pk"):
        target = ActionTarget(action=action, enterprise=plant, joined_on=timezone.localdate())
        target.stand_with(plant)
        fresh.append(target)
    ActionTarget.objects.bulk_create(fresh, batch_size=1000)
    return len(fresh)


def end(action_id: int, *, revision: int | None = None) -> ThemedAction:
    """结束: what it came to stays as it was counted from the records; no visit can be begun from it any more."""
    action = locked(action_id, State.RUNNING, revision)
    action.state, action.ended_on = State.ENDED, timezone.localdate()
    action.revision += 1
    action.save(update_fields=["state", "ended_on", "revision"])
    audit("actions.end", action, {"on": action.ended_on.isoformat()}, label=action.title)
    return action


@in_one_piece
def plan_targets(action_id: int, month: date) -> int:
    """列入检查计划: one visit in a month at each of one's own district's plants that has none of this action yet.

    By the acting person's own body; the office plans for no district. Returns how many.
    """
    demand("actions.plan")
    action = ThemedAction.objects.filter(pk=action_id).first()
    if action is None:
        raise Http404(f"themed action {action_id}")
    if action.state != State.RUNNING:
        raise IllegalMove(f"这次专项行动{action.get_state_display()}，不能列入计划。")
    if who().organisation_id is None:
        raise BadInput("您没有所在单位，不能安排检查。请联系系统管理员。")
    month = coming(month)
    one_at_a_time()
    planned = PlannedVisit.objects.filter(action=action).exclude(state=PlannedVisit.State.CANCELLED)
    lacking = ActionTarget.objects.filter(action=action).exclude(enterprise_id__in=planned.values("enterprise_id"))
    targets = list(lacking.select_related("enterprise").order_by("pk"))
    made = []
    for target in targets:
        one = PlannedVisit(
            enterprise=target.enterprise,
            month=month,
            organisation_id=who().organisation_id,
            origin=PlannedVisit.Origin.ACTION,
            action=action,
            grade=target.enterprise.grade,
            by_name=who().person_name,
        )
        one.save()
        made.append(one)
    for one in made:
        warn(one)
    audit("actions.plan", action, {"month": month.isoformat(), "visits": len(made)}, label=action.title)
    return len(made)
