"""What every page's shell needs: who is acting, and whether this is the demo."""

from django.conf import settings

from portal.tenancy.scope import in_scope, who


def shell(request):
    return {"who": who() if in_scope() else None, "DEMO": settings.DEMO}
