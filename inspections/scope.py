"""Which plants are meant, said with the ledger's own filter: for a draw's pool and for a themed action."""

from django.db.models import QuerySet
from django.http import QueryDict

from enterprises.filters import ENTERPRISE_SHOWN, EnterpriseFilter, enterprise_more
from enterprises.models import Enterprise
from portal.refusals import BadInput
from portal.ui.lists import spoken


class Scope:
    """The facets as given: what they find, what they say, and the query that finds the same in the ledger's list."""

    def __init__(self, given: QueryDict, request=None):
        self.given = given
        self.filter = EnterpriseFilter(given, queryset=Enterprise.objects.all(), request=request)
        form = self.filter.form
        self.all = [form[name] for name in (*ENTERPRISE_SHOWN, *enterprise_more())]
        self.fields = [one for one in self.all if not one.is_hidden]

    @classmethod
    def of(cls, query: str) -> "Scope":
        return cls(QueryDict(query))

    @property
    def found(self) -> QuerySet[Enterprise]:
        """Raises BadInput for a facet that cannot be read: silence would mean every plant."""
        if not self.filter.is_valid():
            wrong = next((one for one in self.all if one.errors), None)
            raise BadInput(f"企业范围“{wrong.label if wrong else ''}”填写有误，请改正。", field=wrong and wrong.name)
        return self.filter.qs

    @property
    def words(self) -> str:
        """As a person would say it; nothing set is every plant."""
        told = ((one, self.filter.form.cleaned_data.get(one.name)) for one in self.all if not one.errors)
        return "，".join(
            f"{one.label} {spoken(one.field, value)}" for one, value in told if value not in (None, "", [])
        )

    @property
    def query(self) -> str:
        kept = QueryDict(mutable=True)
        for one in self.all:
            kept.setlist(one.name, [value for value in self.given.getlist(one.name) if value])
        return kept.urlencode()
