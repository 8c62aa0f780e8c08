"""Lists: filter, sort, page and remember the place, all on the server.

    page = ListPage(request, Hazard.objects.open(), HazardFilter, sorts={"deadline": "deadline", "found": "-found_on"})
    return page.render("hazards/list.html", {"districts": districts})

The template extends components/list.html, which draws filters, count and pager around the rows.
"""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

SIZES = (25, 50, 100)
# Nobody reads past these; a filter finds quicker. They bound what a page number can cost.
FURTHEST = 10_000
COUNTED = 1_000


class ListPage:
    """One page of a filtered, sorted queryset. `sorts` maps a name in the address to the field it sorts by."""

    def __init__(self, request, queryset: QuerySet, filterset, *, sorts: dict[str, str], default: str | None = None):
        self.request, self.sorts = request, sorts
        self.filter = filterset(request.GET, queryset=queryset, request=request)
        self.size = number(request.GET.get("size"), SIZES[1], allowed=SIZES)
        self.number = min(number(request.GET.get("page"), 1), FURTHEST // self.size)
        self.sort = request.GET.get("sort", "")
        if self.sort.lstrip("-") not in sorts:
            self.sort = default or next(iter(sorts))
        found = self.filter.qs
        first = (self.number - 1) * self.size
        rows = list(found.order_by(*self.ordering())[first : first + self.size + 1])
        self.rows, self.more = rows[: self.size], len(rows) > self.size and self.number < FURTHEST // self.size
        self.first, self.last = first + 1 if rows else 0, first + len(self.rows)
        # The last page knows how many there are without asking.
        self.count = self.last if not self.more and rows else found.order_by()[: COUNTED + 1].count()

    def ordering(self) -> list[str]:
        """The chosen field, then the key in the same direction, so that rows never swap between pages."""
        field = self.sorts[self.sort.lstrip("-")]
        descending = self.sort.startswith("-") != field.startswith("-")
        field = field.lstrip("-")
        return [f"-{field}", "-pk"] if descending else [field, "pk"]

    @property
    def count_text(self) -> str:
        return f"{COUNTED}+" if self.count > COUNTED else str(self.count)

    def address(self, **changes) -> str:
        """The same list with some parameters changed; None takes one out."""
        kept = {name: values for name, values in self.request.GET.lists() if name not in changes and any(values)}
        kept |= {name: [value] for name, value in changes.items() if value is not None}
        return "?" + urlencode(kept, doseq=True)

    @property
    def previous_address(self) -> str:
        return self.address(page=self.number - 1 if self.number > 2 else None)

    @property
    def next_address(self) -> str:
        return self.address(page=self.number + 1)

    @property
    def filtered(self) -> bool:
        return any(value for name, value in self.request.GET.items() if name in self.filter.filters)

    def render(self, template: str, context: dict | None = None) -> HttpResponse:
        response = render(self.request, template, {"page": self, "filter": self.filter} | (context or {}))
        # The way back from a record leads to the same filter and page; kept by the browser, so reading writes nothing.
        name = f"list_{self.request.resolver_match.url_name}"
        response.set_cookie(name, self.request.GET.urlencode()[:1500], max_age=8 * 3600, httponly=True, samesite="Lax")
        return response


def number(text: str | None, otherwise: int, allowed: tuple[int, ...] | None = None) -> int:
    value = int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise
    if allowed and value not in allowed:
        return otherwise
    return max(value, 1)
