"""A person's own saved views; the wall shows the city scope everybody's, so the person is asked for here too."""

from enterprises.models import SavedView
from portal.tenancy.scope import who


def own_views(key: str | None = None):
    views = SavedView.objects.filter(person_id=who().person_id)
    return views.filter(list=key) if key else views
