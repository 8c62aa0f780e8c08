"""检查表模板: a new version of a subject's checklist, and taking a subject out of use. No version is ever changed."""

from collections.abc import Iterable

from django.http import Http404
from django.utils import timezone

from hazards.models import AccidentType, Level
from inspections.actions.answers import chosen
from inspections.actions.plans import one_at_a_time
from inspections.models import ChecklistItem, ChecklistTemplate, OwnItem
from inspections.queries.checklists import newest_edition
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece, who

OWN = "Z-"
"""How a city's own codes begin; the catalog's begin with CK, a finding's on no list with X-."""
OTHERS = "本市自编"


@in_one_piece
def make_version(
    *, subject: str, codes: Iterable[str], own: Iterable[dict] = (), reason: str, after: int = 0
) -> ChecklistTemplate:
    """制定: the next version of a subject, from items of the newest checklist and the city's own.

    Each of `own` gives text, basis, suggested_level, and if it has them subcategory, accident_type, criterion, level_note,
    and `code` where it stood in the version before. `after` is the version that the maker has seen, 0 for a new subject.
    Raises BadInput, and Refused where another version has come since.
    """
    demand("checklists.make")
    subject = " ".join(subject.split())
    if not subject or len(subject) > 40:
        raise BadInput("请填写主题，不超过40字。", field="subject")
    if not reason.strip():
        raise BadInput("请写明制定或修改的理由。", field="reason")
    one_at_a_time()
    last = ChecklistTemplate.objects.filter(subject=subject).order_by("-version").first()
    if last and not after:
        raise Refused(f"已经有“{subject}”的检查表模板，请在它的页面制定新版本。", field="subject")
    if (last.version if last else 0) != after:
        raise Refused("这个主题刚刚有了新版本，请核对后再提交。")
    edition = newest_edition()
    items = {item.code: item for item in edition.items.order_by("seq")}
    wanted = set(codes)
    if missing := wanted - set(items):
        raise BadInput(f"现行检查表中没有“{min(missing)}”这一项。", field="codes")
    lines = [written(given, items.values()) for given in own]
    if not wanted and not lines:
        raise BadInput("请至少选择或自编一项检查内容。", field="codes")
    template = ChecklistTemplate.objects.create(
        subject=subject,
        version=after + 1,
        edition=edition,
        codes=[code for code in items if code in wanted],
        reason=reason.strip()[:300],
        by_name=who().person_name,
    )
    number(lines, subject)
    for seq, line in enumerate(lines, 1):
        line.seq, line.template = seq, template
    OwnItem.objects.bulk_create(lines)
    told = {"version": template.version, "codes": len(template.codes), "own": len(lines), "reason": template.reason}
    audit("checklists.make", template, told, label=str(template))
    return template


def written(given: dict, items: Iterable[ChecklistItem]) -> OwnItem:
    """One own line as typed; its chapter is that of its 小类. Raises BadInput."""
    text, basis = given.get("text", "").strip(), given.get("basis", "").strip()
    if not text or not basis:
        raise BadInput("自编检查项须写明检查内容和依据条款。", field="own")
    subcategory = given.get("subcategory") or OTHERS
    chapters = {item.subcategory: item.category for item in items} | {OTHERS: OTHERS}
    return OwnItem(
        code=given.get("code", ""),
        category=chapters[chosen(subcategory, chapters, "小类", field="own")],
        subcategory=subcategory,
        text=text[:500],
        basis=basis[:500],
        suggested_level=chosen(given.get("suggested_level", ""), Level.values, "建议级别", field="own"),
        level_note=given.get("level_note", "").strip()[:300],
        accident_type=chosen(
            given.get("accident_type") or AccidentType.OTHER, AccidentType.values, "可能事故类型", field="own"
        ),
        criterion=given.get("criterion", "").strip()[:60],
    )


def number(lines: list[OwnItem], subject: str) -> None:
    """A line that stood in an earlier version of the subject keeps its code; others get the city's next, never used before."""
    known = dict(OwnItem.objects.values_list("code", "template__subject"))
    last = max((int(code.removeprefix(OWN)) for code in known), default=0)
    taken: set[str] = set()
    for line in lines:
        if known.get(line.code) != subject or line.code in taken:
            last += 1
            line.code = f"{OWN}{last:04d}"
        taken.add(line.code)


@in_one_piece
def withdraw(template_id: int) -> ChecklistTemplate:
    """停用: nothing is begun with its subject any more, until a new version is made. What was begun goes on."""
    demand("checklists.make")
    template = ChecklistTemplate.objects.select_for_update(of=("self",)).filter(pk=template_id).first()
    if template is None:
        raise Http404(f"template {template_id}")
    if template.withdrawn_on:
        raise Refused("这个模板已经停用。")
    template.withdrawn_on = timezone.localdate()
    template.save(update_fields=["withdrawn_on"])
    audit("checklists.withdraw", template, {"on": template.withdrawn_on.isoformat()}, label=str(template))
    return template
