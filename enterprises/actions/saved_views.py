"""保存视图: a list's filter and order kept under a name, by and for one person."""

from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import NoReverseMatch, reverse

from enterprises.models import SavedView
from enterprises.queries.saved_views import own_views
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import who

MOST = 30
PASSING = {"page", "size", "export"}


def save_view(key: str, name: str, query: str) -> SavedView:
    """Keep it; the same name again replaces what it stood for. Raises BadInput, Refused."""
    demand("views.save")
    address_of(key)
    name = name.strip()
    if not name or len(name) > 40 or "\0" in name:
        raise BadInput("请给视图起一个不超过40字的名称。", field="name")
    kept = urlencode([(n, v) for n, v in parse_qsl(query, keep_blank_values=True) if n not in PASSING])
    if len(kept) > 1000:
        raise BadInput("筛选条件太长，不能保存为视图。", field="name")
    view = own_views(key).filter(name=name).first()
    if view is None:
        if own_views(key).count() >= MOST:
            raise Refused(f"每个清单最多保存{MOST}个视图，请先删除不用的。", field="name")
        view = SavedView(person_id=who().person_id, list=key, name=name)
    view.query = kept
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as twice:
        raise Refused("这个名称刚刚已经保存过，请换一个名称。", field="name") from twice
    return view


def delete_view(view_id: int) -> SavedView:
    demand("views.save")
    view = own_views().filter(pk=view_id).first()
    if view is None:
        raise Http404(f"view {view_id}")
    view.delete()
    return view


def address_of(key: str) -> str:
    """The list a view belongs to. Raises BadInput where there is none of that name."""
    try:
        if not key.endswith("_list") and key not in ("transformations", "expiring", "key_enterprises"):
            raise NoReverseMatch
        return reverse(key)
    except NoReverseMatch as unknown:
        raise BadInput("没有这个清单。") from unknown
