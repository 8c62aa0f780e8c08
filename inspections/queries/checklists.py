"""检查表: the city's templates, and the list that fits a plant, each part with the fact that puts it there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.http import Http404

from enterprises.models import Enterprise, Holding, ProcessInUse, Unit
from inspections import rules_checklist as rules
from inspections.models import Asked, ChecklistEdition, ChecklistItem, ChecklistTemplate, OwnItem
from portal.refusals import Refused

Template = ChecklistTemplate


def newest_edition() -> ChecklistEdition:
    edition = ChecklistEdition.objects.first()
    if edition is None:
        raise Refused("还没有载入检查表，请联系平台运维。")
    return edition


def templates() -> QuerySet[Template]:
    """Every version, with `newest`, the number of its subject's last one."""
    last = Template.objects.filter(subject=OuterRef("subject")).order_by("-version").values("version")[:1]
    return Template.objects.select_related("edition").annotate(newest=Subquery(last))


def current() -> list[Template]:
    """What a visit or an action may be begun with: of each subject the newest version, unless it is withdrawn."""
    return [one for one in templates().order_by("subject", "-version") if is_current(one)]


def is_current(template: Template) -> bool:
    return template.version == template.newest and template.withdrawn_on is None  # type: ignore[attr-defined]


def template_or_404(pk: int) -> Template:
    template = templates().filter(pk=pk).first()
    if template is None:
        raise Http404(f"template {pk}")
    return template


def facts_of(plant: Enterprise) -> rules.Facts:
    """What the rule looks at. One statement."""
    held = Holding.objects.filter(enterprise=plant).annotate(of=Value("held"), called=F("substance"))
    run = ProcessInUse.objects.filter(enterprise=plant).annotate(of=Value("run"), called=F("name"))
    units = Unit.objects.filter(enterprise=plant, closed_on=None).annotate(
        of=Value("unit"), called=F("kind"), seq=Value(None, IntegerField())
    )
    columns = ("of", "called", "seq")
    found = (
        held.annotate(seq=F("key_chemical_seq"))
        .order_by()
        .values_list(*columns)
        .union(
            run.annotate(seq=F("key_process_seq")).order_by().values_list(*columns),
            units.order_by().values_list(*columns),
        )
        .order_by("called")
    )
    named: dict[str, list[rules.Named]] = {"held": [], "run": [], "unit": []}
    for of, called, seq in found:
        named[of].append(rules.Named(called, seq))
    return rules.Facts(
        plant.sector,
        plant.kind,
        tuple(named["run"]),
        tuple(named["held"]),
        frozenset(one.name for one in named["unit"]),
        min((level for level in (plant.major_level, plant.judged_level) if level), default=None),
        plant.judged,
    )


@dataclass
class Checklist:
    """The lines of an edition or of a template, in their order, and for a plant which of them fit and why."""

    edition: ChecklistEdition
    template: Template | None
    items: list[Asked]
    parts: dict[str, rules.Part] = field(default_factory=dict)
    """Of each 小类, where it was composed for a plant."""

    @cached_property
    def chapters(self) -> dict[str, list[Asked]]:
        found: dict[str, list[Asked]] = {}
        for item in self.items:
            found.setdefault(item.category, []).append(item)
        return found

    @property
    def codes(self) -> list[str]:
        return [item.code for item in self.items]

    @property
    def categories(self) -> list[str]:
        return list(self.chapters)

    @property
    def because(self) -> dict[str, str]:
        """The reason of each part that is in it."""
        there = {item.subcategory for item in self.items}
        return {name: part.because for name, part in self.parts.items() if name in there}

    @property
    def told(self) -> list[tuple[str, int, rules.Part]]:
        """Each part with its number of lines, and whether it fits."""
        counts: dict[str, int] = {}
        for item in self.items:
            counts[item.subcategory] = counts.get(item.subcategory, 0) + 1
        return [(name, n, self.parts[name]) for name, n in counts.items() if name in self.parts]

    def only(self, keep) -> "Checklist":
        return Checklist(self.edition, self.template, [item for item in self.items if keep(item)], self.parts)

    def of_codes(self, codes: Iterable[str]) -> "Checklist":
        wanted = set(codes)
        return self.only(lambda item: item.code in wanted)

    def of_categories(self, names: Iterable[str]) -> "Checklist":
        wanted = set(names)
        return self.only(lambda item: item.category in wanted)

    def fitting(self) -> "Checklist":
        return self.only(lambda item: item.subcategory not in self.parts or self.parts[item.subcategory].applies)

    def judged_for(self, plant: Enterprise) -> "Checklist":
        """With the parts told for a plant; nothing is taken out yet."""
        facts = facts_of(plant)
        names = dict.fromkeys(item.subcategory for item in self.items)
        return Checklist(self.edition, self.template, self.items, {name: rules.part(name, facts) for name in names})


def checklist(edition: ChecklistEdition, template: Template | None = None) -> Checklist:
    """All the lines: of the edition, or of the template with the city's own after the catalog's in each chapter."""
    if template is None:
        return Checklist(edition, None, list(edition.items.order_by("seq")))
    items: list[Asked] = list(ChecklistItem.objects.filter(edition=edition, code__in=template.codes).order_by("seq"))
    places = {name: n for n, name in enumerate(dict.fromkeys(item.category for item in items))}
    items += OwnItem.objects.filter(template=template).order_by("seq")
    return Checklist(edition, template, sorted(items, key=lambda item: places.get(item.category, len(places))))
