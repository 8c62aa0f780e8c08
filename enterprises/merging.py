"""What becomes of the records of an entry that is merged into another. Each floor says it of its own models, in AppConfig.ready.

`moves`: the rows go to the kept enterprise, and back when the merger is undone. `follows`: they hang on such a row by a foreign key
that carries the enterprise, so the database moves them along. `stays`: they are the history of the entry itself.
See docs/decisions/0008-merging.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Model, Q, QuerySet

from enterprises.models import Enterprise, Merger

Moved = Mapping[str, list[int]]
"""Model's label → numbers of the rows that went along."""


@dataclass(frozen=True)
class Moving:
    """One model whose rows go along.

    `where`: only these of its rows. `once`: with the enterprise they may stand once only, as far as they are `alive`, so a row
    whose twin the kept one has stays behind. `through`: column → model; rows made since that hang on a moved row of it go back with it.
    """

    model: type[Model]
    where: Q = field(default_factory=Q)
    once: tuple[str, ...] = ()
    alive: Q = field(default_factory=Q)
    through: Mapping[str, type[Model]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    def went(self, moved: Moved) -> Q:
        """Those of its rows that a merger took along, and what has come to hang on them."""
        found = Q(pk__in=moved.get(self.label, []))
        for column, parent in self.through.items():
            found |= Q(**{f"{column}__in": moved.get(parent._meta.label_lower, [])})
        return found


moving: list[Moving] = []
following: set[type[Model]] = set()
staying: set[type[Model]] = set()
# Sentences that say what must be settled first; none where nothing stands in the way.
before_merging: list[Callable[[Enterprise, Enterprise], Iterable[str]]] = []
before_undoing: list[Callable[[Merger], Iterable[str]]] = []
# Told when rows have gone to another enterprise: from, to, which rows.
afterwards: list[Callable[[Enterprise, Enterprise, Moved], None]] = []


def counted() -> list[Moving]:
    """Those that a person counts; what hangs on them is not told one by one."""
    return [one for one in moving if not one.through]


def lockable(enterprise: Enterprise) -> dict[str, QuerySet]:
    """All of its rows that somebody may be changing at this moment; what nobody may change nobody holds."""
    models = [*(one.model for one in moving), *following, *staying]
    return {
        model._meta.label_lower: model.objects.filter(enterprise=enterprise)  # type: ignore[attr-defined]
        for model in models
        if "w" in model.wall.rights.get("city", "") or "city" in model.wall.columns  # type: ignore[attr-defined]
    }


def moves(model: type[Model], **more) -> None:
    moving.append(Moving(model, **more))


def follows(*models: type[Model]) -> None:
    following.update(models)


def stays(*models: type[Model]) -> None:
    staying.update(models)
