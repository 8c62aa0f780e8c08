"""The two pages of 批量办理: what is to be done to whom, and what became of each. The verbs are portal.bulk's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import redirect, render

from portal.bulk import Bulk, meant
from portal.exports import actions as exports
from portal.permissions import may
from portal.refusals import BadInput

EXPORT = "export"


@dataclass(frozen=True)
class BulkPages:
    """`list` is the URL name of the list it starts from, whose filter finds "all"; `record` that of one record's page."""

    bulk: Bulk
    forms: Mapping[str, type[forms.Form]]
    list: str
    list_label: str
    record: str
    ask: str
    run: str
    row: str
    filterset: Callable[..., object]
    everything: Callable[[], QuerySet]

    def verbs(self) -> list[tuple[str, str]]:
        """What the acting person may do to many at once."""
        return [
            ("export", "导出所选"),
            *((name, verb.label) for name, verb in self.bulk.verbs.items() if may(verb.permission)),
        ]

    def numbers(self, request) -> list[int]:
        return meant(
            request.POST,
            lambda query: self.filterset(QueryDict(query), queryset=self.everything(), request=request).qs,  # type: ignore[attr-defined]
        )

    def asked(self, request):
        """What is to be done to whom, before it is done; the chosen rows as a workbook where that was asked for."""
        name, numbers = request.POST.get("verb", ""), self.numbers(request)
        if name == EXPORT and request.POST.get("all"):
            return redirect("export", exports.start(self.list, request.POST.get("query", "")).pk)
        if name == EXPORT:
            return redirect("export", exports.start(self.list, chosen=[one.pk for one in self.bulk.chosen(numbers)]).pk)
        self.bulk.verb_of(name)
        return self.page(request, name, self.forms[name](), numbers)

    def done(self, request):
        name, numbers = request.POST.get("verb", ""), self.numbers(request)
        self.bulk.verb_of(name)
        form = self.forms[name](request.POST)
        if not form.is_valid():
            return self.page(request, name, form, numbers, status=400)
        try:
            outcomes = self.bulk.do_to_all(name, numbers, form.cleaned_data)
        except BadInput as refusal:
            return self.page(request, name, form, numbers, refusal.sentence, refusal.status)
        context = self.context(name) | {
            "done": [one for one in outcomes if one.done],
            "refused": [one for one in outcomes if not one.done],
        }
        return render(request, "components/bulk_done.html", context)

    def page(self, request, name: str, form, numbers, fault: str = "", status: int = 200):
        context = self.context(name) | {"form": form, "chosen": self.bulk.chosen(numbers), "fault": fault}
        return render(request, "components/bulk.html", context, status=status)

    def context(self, name: str) -> dict:
        return {"pages": self, "verb": self.bulk.verb_of(name), "name": name}
