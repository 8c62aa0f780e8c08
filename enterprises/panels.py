"""Sections that the floors above put on an enterprise's page; this floor does not know what they are about."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from portal.permissions import may


@dataclass(frozen=True)
class Panel:
    title: str
    order: int
    permission: str
    draw: Callable[..., SafeString]


_panels: list[Panel] = []


def register(title: str, order: int, permission: str, draw: Callable[..., SafeString]) -> None:
    """Called once by the owning app's AppConfig.ready; `draw(enterprise)` gives rendered HTML."""
    _panels.append(Panel(title, order, permission, draw))


def panels_for(enterprise) -> list[tuple[str, SafeString]]:
    return [
        (panel.title, panel.draw(enterprise))
        for panel in sorted(_panels, key=lambda p: p.order)
        if may(panel.permission)
    ]
