"""Coordinates as they were given, and as they are drawn."""

from django import template

from enterprises.models import Coordinates
from enterprises.rules.coordinates import WGS84, to_wgs84

register = template.Library()


@register.filter
def place(enterprise) -> str:
    """119.055884, 25.754428（BD-09，换算为 WGS-84 119.0446, 25.7499）; empty where there are none."""
    if enterprise.longitude is None or enterprise.latitude is None:
        return ""
    system = enterprise.coordinates_in
    told = Coordinates(system).word
    if system != WGS84:
        x, y = to_wgs84(float(enterprise.longitude), float(enterprise.latitude), system)
        told += f"，换算为 WGS-84 {x:.6f}, {y:.6f}"
    return f"{enterprise.longitude}, {enterprise.latitude}（{told}）"
