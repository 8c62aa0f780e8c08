"""What every page's shell needs: who is acting, what waits for them, and whether this is the demo."""

from django.conf import settings

from portal.messages.queries import unseen
from portal.tenancy.models import Role
from portal.tenancy.scope import in_scope, who

ROLE_NAMES = dict(Role.choices) | {"operator": "平台运维"}


def shell(request):
    context = {"DEMO": settings.DEMO, "who": None}
    if not in_scope():
        return context
    me = who()
    context |= {"who": me, "role_name": ROLE_NAMES.get(me.role, me.role)}
    if me.person_id:
        context["unread"] = unseen()
    postings = getattr(request.user, "postings", [])
    if len(postings) > 1 and me.role != "expert":
        context["other_postings"] = [
            {"id": posting["id"], "label": f"{ROLE_NAMES[posting['role']]} {posting.get('organisation_name') or ''}"}
            for posting in postings
            if posting["id"] != me.posting_id
        ]
    return context
