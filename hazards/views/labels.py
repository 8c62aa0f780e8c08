"""二维码标签: a sheet for the workshop doors, each code opening one hazard or one unit for those who may see it."""

from django.shortcuts import render

from enterprises.models import Unit
from hazards.models import Hazard
from hazards.queries.labels import SHOWN, hazard_labels, unit_labels
from portal.numbers import number_in
from portal.permissions import needs
from portal.refusals import BadInput
from portal.tenancy.scope import who

SIZES = [("a4", "A4纸，每页8张"), ("a6", "A6标签，每张一页")]


@needs("labels.print")
def labels(request):
    """?hazard= one of them; ?enterprise= all open ones of a plant (an officer's own without asking); ?what=units its units."""
    plant = asked(request, "enterprise") or who().enterprise_id
    hazard, what = asked(request, "hazard"), request.GET.get("what", "hazards")
    if hazard:
        made = hazard_labels(Hazard.objects.filter(pk=hazard))
    elif not plant:
        raise BadInput("请从隐患页面或企业页面打开标签：标签按企业打印。")
    elif what == "units":
        units = Unit.objects.filter(enterprise_id=plant, closed_on=None).select_related("enterprise").order_by("id")
        made = unit_labels(units[:SHOWN])
    else:
        made = hazard_labels(Hazard.objects.open().filter(enterprise_id=plant))
    size = request.GET.get("size", "")
    context = {
        "labels": made,
        "size": size if size in dict(SIZES) else "a4",
        "sizes": SIZES,
        "query": f"hazard={hazard}" if hazard else f"enterprise={plant}",
        "plant": None if hazard else plant,
        "what": what,
        "full": len(made) == SHOWN,
    }
    return render(request, "hazards/labels.html", context)


def asked(request, name: str) -> int | None:
    """A record's number in the address; None where it is none."""
    return number_in(request.GET.get(name))
