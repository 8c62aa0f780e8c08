"""What an enterprise's page shows of its visits."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from inspections.queries import visits_of
from inspections.queries.assessments import reports_of


def visits_panel(enterprise) -> SafeString:
    return render_to_string("inspections/panel.html", {"enterprise": enterprise, "visits": visits_of(enterprise)})


def assessments_panel(enterprise) -> SafeString:
    context = {"enterprise": enterprise, "reports": reports_of(enterprise)}
    return render_to_string("inspections/assessment_panel.html", context)
