"""The trail as the audit administrator reads it; nothing here can change it."""

from portal.audit.filters import AuditFilter
from portal.audit.models import AuditRecord
from portal.permissions import needs
from portal.ui.lists import ListPage


@needs("audit.view")
def audit(request):
    page = ListPage(
        request,
        AuditRecord.objects.all(),
        AuditFilter,
        sorts={"seq": "-seq"},
        shown=("person", "action", "day_from", "day_to", "result"),
        more=("kind", "object", "ip"),
    )
    return page.render("audit/list.html")
