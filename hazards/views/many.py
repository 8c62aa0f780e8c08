"""批量办理 of hazards: chosen on the list, asked once, answered for each."""

from django.views.decorators.http import require_POST

from hazards.actions.many import BULK
from hazards.filters import HazardFilter
from hazards.forms import BULK_FORMS
from hazards.models import Hazard
from portal.permissions import needs
from portal.ui.bulk import BulkPages

PAGES = BulkPages(
    BULK,
    BULK_FORMS,
    list="hazard_list",
    list_label="隐患",
    record="hazard",
    ask="hazard_bulk",
    run="hazard_bulk_run",
    row="hazards/_bulk_row.html",
    filterset=HazardFilter,
    everything=Hazard.objects.all,
)


@require_POST
@needs("hazards.bulk")
def hazard_bulk(request):
    return PAGES.asked(request)


@require_POST
@needs("hazards.bulk")
def hazard_bulk_run(request):
    return PAGES.done(request)
