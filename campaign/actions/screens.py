"""大屏: made and stopped by the office; each is let in by a signed address that names it."""

from datetime import date, timedelta

from django.core import signing
from django.http import Http404
from django.utils import timezone

from campaign.models import Screen
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove
from portal.tenancy.models import District
from portal.tenancy.scope import in_one_piece, tenant_scope, who

SALT = "wall-screen"
LONGEST = timedelta(days=731)
"""The campaign's two years: no address lives for ever."""


def address_of(screen: Screen) -> str:
    """The signed part of its address: which city, which screen. Whoever has it sees the figures until it is stopped."""
    return signing.dumps([screen.tenant_id, screen.pk], salt=SALT)


@in_one_piece
def make_screen(name: str, until: date, district: District | None = None) -> Screen:
    """Errors: BadInput where the day is past or more than LONGEST ahead."""
    demand("screens.manage")
    today = timezone.localdate()
    if not today <= until <= today + LONGEST:
        raise BadInput("有效期须从今天起、不超过两年，请重新填写。", field="until")
    screen = Screen.objects.create(name=name, until=until, district=district, by_name=who().person_name)
    audit("screens.make", screen, {"name": name, "until": str(until), "district": district.name if district else ""})
    return screen


@in_one_piece
def stop_screen(screen_id: int) -> Screen:
    """Its address opens nothing from now on, and for good."""
    demand("screens.manage")
    screen = Screen.objects.select_for_update(of=("self",)).filter(pk=screen_id).first()
    if screen is None:
        raise Http404(f"screen {screen_id}")
    if screen.stopped_at:
        raise IllegalMove("这块大屏已经停用。")
    screen.stopped_at = timezone.now()
    screen.save(update_fields=["stopped_at"])
    audit("screens.stop", screen, {"name": screen.name})
    return screen


def scope_of_screen(tenant_id: int):
    """What a screen sees through: the auditor's eyes, which read and cannot write."""
    return tenant_scope(tenant_id, scope="audit", role="auditor", person_name="大屏")
