"""The accounts the login page shows in the demo, and nowhere else. The demo itself lives floors above and registers them."""

from collections.abc import Callable

from django.conf import settings

_source: Callable[[], list[tuple[str, str, str]]] | None = None


def show(source: Callable[[], list[tuple[str, str, str]]]) -> None:
    global _source
    _source = source


def demo_accounts() -> list[tuple[str, str, str]]:
    """(login, password, who it is); empty unless PORTAL_DEMO is set."""
    return _source() if settings.DEMO and _source else []
