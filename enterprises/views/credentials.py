"""证照: what runs out, and the forms that enter, correct, renew and end."""

from django.utils import timezone

from enterprises.actions import credentials
from enterprises.filters import CredentialFilter
from enterprises.forms import CredentialForm, EndCredentialForm, ValidityForm
from enterprises.queries.credentials import EXPIRING_SORTS, credential_or_404, expiring, expiring_counts
from enterprises.views.units import enterprise_or_404
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.ui.lists import ListPage
from portal.ui.posting import keep_up, saved, shown

FORM = "enterprises/credential_form.html"


@needs("responsible.view")
def expiring_list(request):
    """到期: what has expired or does within 90 days; of the ledger's licences too."""
    page = ListPage(
        request,
        expiring(),
        CredentialFilter,
        sorts=EXPIRING_SORTS,
        shown=("q", "within", "kind", "district"),
        export=export_of("expiring"),
        keeps_views=True,
    )
    context = {"counts": expiring_counts(), "today": timezone.localdate()}
    return page.render("enterprises/expiring.html", context)


@needs("responsible.edit")
def credential_new(request, pk):
    enterprise = enterprise_or_404(pk)
    form = CredentialForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    del form.fields["revision"]
    if request.method == "POST":
        act = lambda: credentials.add_credential(pk, form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, "已登记证照。", "enterprise_people", pk):
            return answer
    return shown(request, FORM, form, enterprise=enterprise, heading="登记证照")


@needs("responsible.edit")
def credential_edit(request, pk):
    record = credential_or_404(pk)
    form = CredentialForm(
        request.POST or None, initial={name: getattr(record, name) for name in (*credentials.FACTS, "revision")}
    )
    act = lambda: credentials.change_credential(pk, form.told(), revision=form.cleaned_data["revision"])  # noqa: E731
    return changed(request, record, form, act, "已更正证照。", "更正证照")


@needs("responsible.edit")
def credential_renew(request, pk):
    record = credential_or_404(pk)
    initial = {"number": record.number, "issuer": record.issuer, "revision": record.revision}
    form = ValidityForm(request.POST or None, initial=initial)
    act = lambda: credentials.renew_credential(pk, form.told(), revision=form.cleaned_data["revision"])  # noqa: E731
    return changed(request, record, form, act, "已登记新的有效期，原来的有效期留作记录。", "换证、延期或复审")


@needs("responsible.edit")
def credential_end(request, pk):
    record = credential_or_404(pk)
    form = EndCredentialForm(
        request.POST or None, initial={"ended_on": timezone.localdate(), "revision": record.revision}
    )
    act = lambda: credentials.end_credential(pk, **form.cleaned_data)  # noqa: E731
    return changed(request, record, form, act, "已注销，这张证照留作记录，不再提醒。", "注销或离岗")


def changed(request, record, form, act, done: str, heading: str):
    if request.method == "POST":
        if answer := saved(request, form, act, done, "enterprise_people", record.enterprise_id):
            return answer
        keep_up(form, revision=record.revision)
    return shown(request, FORM, form, enterprise=record.enterprise, heading=heading, credential=record)
