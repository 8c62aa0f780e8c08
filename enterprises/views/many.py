"""批量办理 of enterprises: chosen on the list, asked once, answered for each."""

from django.views.decorators.http import require_POST

from enterprises.actions.many import BULK
from enterprises.filters import EnterpriseFilter
from enterprises.forms import FORMS
from enterprises.models import Enterprise
from portal.permissions import needs
from portal.ui.bulk import BulkPages

PAGES = BulkPages(
    BULK,
    FORMS,
    list="enterprise_list",
    list_label="企业台账",
    record="enterprise",
    ask="bulk",
    run="bulk_run",
    row="enterprises/_bulk_row.html",
    filterset=EnterpriseFilter,
    everything=Enterprise.objects.all,
)


@require_POST
@needs("enterprises.bulk")
def bulk(request):
    return PAGES.asked(request)


@require_POST
@needs("enterprises.bulk")
def bulk_run(request):
    return PAGES.done(request)
