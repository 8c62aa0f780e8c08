"""The trail as the audit administrator reads it; nothing here can change it."""

from portal.exports.registry import export_of
from portal.permissions import needs


@needs("audit.view")
def audit(request):
    page = export_of("audit").listed(
        request,
        shown=("person", "action", "day_from", "day_to", "result"),
        more=("kind", "object", "ip"),
    )
    return page.render("audit/list.html")
