"""Lists: filter, sort, page and remember the place, all on the server.

    @needs("hazards.view")
    def hazard_list(request):
        page = ListPage(
            request,
            Hazard.objects.select_related("enterprise"),
            HazardFilter,
            sorts={"deadline": "deadline", "found": "-found_on"},  # name in the address: field it sorts by
            shown=("q", "situation", "level"),  # filters always in sight
            more=("found_from", "found_to"),  # those that open under 更多条件
            export=export_of("hazard_list"),  # what the owning app registered with portal.exports
        )
        return page.render("hazards/list.html")

The template extends components/list.html, which draws filters, count, pages and export around its `table` block.
The other filters are for links from elsewhere; each one set is shown as a word that can be taken out.
"""

from typing import Protocol
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.forms import NullBooleanSelect
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property

SIZES = (25, 50, 100)
# Nobody reads past these; a filter finds quicker. They bound what a page number can cost.
FURTHEST = 10_000
COUNTED = 1_000


class Export(Protocol):
    """How a list leaves as a workbook (portal.exports has the one there is)."""

    key: str

    def at_once(self, page: "ListPage") -> HttpResponse: ...


class ListPage:
    """One page of a filtered, sorted queryset."""

    def __init__(
        self,
        request,
        queryset: QuerySet,
        filterset,
        *,
        sorts: dict[str, str],
        default: str | None = None,
        shown: tuple[str, ...] | None = None,
        more: tuple[str, ...] = (),
        export: "Export | None" = None,
        keeps_views: bool = False,
    ):
        self.request, self.sorts, self.export, self.keeps_views = request, sorts, export, keeps_views
        self.filter = filterset(request.GET, queryset=queryset, request=request)
        form = self.filter.form
        for field in form.fields.values():
            if isinstance(field.widget, NullBooleanSelect):
                field.widget.choices = [("unknown", "全部"), ("true", "是"), ("false", "否")]
        names = tuple(form.fields) if shown is None else shown
        self.fields, self.more_fields = ([form[n] for n in some if not form[n].is_hidden] for some in (names, more))
        self.size = number(request.GET.get("size"), SIZES[0], allowed=SIZES)
        self.number = min(number(request.GET.get("page"), 1), FURTHEST // self.size)
        self.sort = request.GET.get("sort", "")
        if self.sort.lstrip("-") not in sorts:
            self.sort = default or next(iter(sorts))
        self.queryset = queryset.order_by()
        self.found = self.filter.qs.order_by(*self.ordering())

    @cached_property
    def keys(self) -> list[int]:
        """The first keys in order, as many as are counted: one question tells the page and the number of rows."""
        return list(self.found.values_list("pk", flat=True)[: COUNTED + 1])

    @cached_property
    def window(self) -> list:
        """The rows of this page, and one more if there is a next page.

        Keys first, joins late: joined at once, the planner may sort a district's thousands to show fifty.
        """
        start, stop = (self.number - 1) * self.size, self.number * self.size + 1
        if stop <= COUNTED + 1:
            keys = self.keys[start:stop]
        else:
            keys = list(self.found.values_list("pk", flat=True)[start:stop])
        rows = {row.pk: row for row in self.queryset.filter(pk__in=keys)} if keys else {}
        # One that somebody took away between the two questions is not there.
        return [rows[key] for key in keys if key in rows]

    @property
    def rows(self) -> list:
        return self.window[: self.size]

    @property
    def more(self) -> bool:
        return len(self.window) > self.size and self.number < FURTHEST // self.size

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first - 1 + len(self.rows)

    @cached_property
    def count(self) -> int:
        """Exact up to COUNTED. A page far back that has rows knows without asking."""
        if self.rows and self.last > COUNTED:
            return self.last
        return len(self.keys)

    @property
    def count_text(self) -> str:
        return f"{COUNTED}+" if self.count > COUNTED else str(self.count)

    def ordering(self) -> list[str]:
        """The chosen field, then the key in the same direction, so that rows never swap between pages."""
        field = self.sorts[self.sort.lstrip("-")]
        descending = self.sort.startswith("-") != field.startswith("-")
        field = field.lstrip("-")
        tie = [] if field == "pk" else ["-pk" if descending else "pk"]
        return [f"-{field}" if descending else field, *tie]

    def address(self, **changes) -> str:
        """The same list with some parameters changed; None takes one out."""
        # An empty choice is kept: it says "all" where the view has a narrower default.
        kept = {name: values for name, values in self.request.GET.lists() if name not in changes}
        kept |= {name: [value] for name, value in changes.items() if value is not None}
        return "?" + urlencode(kept, doseq=True)

    @property
    def previous_address(self) -> str:
        return self.address(page=self.number - 1 if self.number > 2 else None)

    @property
    def next_address(self) -> str:
        return self.address(page=self.number + 1)

    @property
    def exports(self) -> bool:
        """Whether there is a button; a template would call the function itself."""
        return self.export is not None and bool(self.rows)

    @property
    def exports_at_once(self) -> bool:
        """Few rows come as the answer itself; many are written in the background (portal.exports)."""
        return self.count <= COUNTED

    @property
    def export_address(self) -> str:
        return self.address(export="xlsx", page=None)

    @property
    def query(self) -> str:
        """The filter and order alone, as kept by an export or a saved view."""
        return self.address(page=None, export=None, size=None)[1:]

    @property
    def sizes(self) -> list[tuple[int, str]]:
        return [(size, self.address(size=size, page=None)) for size in SIZES]

    @property
    def filtered(self) -> bool:
        return any(value for name, value in self.request.GET.items() if name in self.filter.filters)

    @property
    def more_is_set(self) -> bool:
        return any(self.request.GET.get(bound.name) for bound in self.more_fields)

    @property
    def set_words(self) -> list[str]:
        """What the drawn filters are set to, for where they are folded away."""
        return [value for _, value in self.set_pairs]

    @property
    def set_pairs(self) -> list[tuple[str, str]]:
        chosen = [bound for bound in (*self.fields, *self.more_fields) if bound.name != "q" and not bound.errors]
        values = [(bound, self.filter.form.cleaned_data.get(bound.name)) for bound in chosen]
        return [(bound.label, spoken(bound.field, value)) for bound, value in values if value not in (None, "", [])]

    @property
    def words(self) -> list[dict]:
        """Filters set by a link from elsewhere: what each says, and the list without it."""
        drawn = {bound.name for bound in (*self.fields, *self.more_fields)}
        return [
            {
                "name": bound.name,
                "given": self.request.GET.getlist(bound.name),
                "text": f"{bound.label} {spoken(bound.field, self.filter.form.cleaned_data[bound.name])}",
                "without": self.address(**{bound.name: None, "page": None}),
            }
            for bound in self.filter.form
            if bound.name not in drawn and self.request.GET.get(bound.name) and not bound.errors
        ]

    def render(self, template: str, context: dict | None = None) -> HttpResponse:
        if self.export and self.request.GET.get("export") == "xlsx":
            return self.export.at_once(self)
        response = render(self.request, template, {"page": self, "filter": self.filter} | (context or {}))
        # The way back from a record leads to the same filter and page; kept by the browser, so reading writes nothing.
        name = f"list_{self.request.resolver_match.url_name}"
        response.set_cookie(name, self.request.GET.urlencode()[:1500], max_age=8 * 3600, httponly=True, samesite="Lax")
        return response


def spoken(field, value) -> str:
    """A filter's value as a person would say it."""
    names = dict(field.choices) if hasattr(field, "choices") and not hasattr(field, "queryset") else {}
    values = value if isinstance(value, list) else [value]
    return "、".join(str(names.get(one, one)) for one in values)


def number(text: str | None, otherwise: int, allowed: tuple[int, ...] | None = None) -> int:
    value = int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise
    if allowed and value not in allowed:
        return otherwise
    return max(value, 1)
