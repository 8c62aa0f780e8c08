"""What every page's shell needs: who is acting, what waits for them, and whether this is the demo."""

from django.conf import settings

from portal.messages.queries import unseen
from portal.tenancy.models import Role
from portal.tenancy.scope import in_scope, who

ROLE_NAMES = dict(Role.choices) | {"operator": "平台运维"}
# Of the root's font size, in static/css/portal.css.
TEXT_SIZES = [("standard", "标准"), ("large", "大"), ("largest", "特大")]


def shell(request):
    asked = request.COOKIES.get("text_size", "")
    size = asked if asked in dict(TEXT_SIZES) else "standard"
    context = {"DEMO": settings.DEMO, "who": None, "TEXT_SIZES": TEXT_SIZES, "text_size": size}
    if not in_scope():
        return context
    me = who()
    context |= {"who": me, "role_name": ROLE_NAMES.get(me.role, me.role)}
    if me.person_id:
        context["unread"] = unseen()
    context["other_postings"] = other_postings(getattr(request.user, "postings", []), me)
    return context


def other_postings(postings: list[dict], me) -> list[dict]:
    """Where else the person is posted. An expert's assignments are one place to act from, however many plants they name."""
    others = {p["role"] if p["role"] == "expert" else p["id"]: p for p in postings if p["id"] != me.posting_id}
    if me.role == "expert":
        others.pop("expert", None)
    return [
        {"id": p["id"], "label": f"{ROLE_NAMES[p['role']]} {p.get('organisation_name') or ''}"} for p in others.values()
    ]
