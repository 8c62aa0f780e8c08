"""本市地图: the city's own boundaries come in, and an older map comes back. Nothing is overwritten; the last one counts."""

from django.http import Http404
from django.utils.timezone import localtime

from enterprises.models import CityMap, Coordinates
from enterprises.queries.city_map import current_map
from enterprises.rules import boundaries
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused, TooLarge
from portal.sm3 import sm3
from portal.tenancy.scope import who

LONGEST_NAME = 200
RESTORED = "（恢复"


def draw_map(upload, coordinates_in: str) -> CityMap:
    """上传地图. Kept in the system it came in, without anything but names and areas. Raises BadInput, TooLarge."""
    demand("map.draw")
    if coordinates_in not in Coordinates.values:
        raise BadInput("请选择边界所用的坐标系。", field="coordinates_in")
    if upload.size > boundaries.MOST_BYTES:
        raise TooLarge(f"文件超过{boundaries.MOST_BYTES // 2**20}MB。{boundaries.SIMPLIFY}", field="file")
    content = upload.read()
    try:
        features = boundaries.read(content)
        boundaries.Area(polygon for one in features for polygon in one.polygons)
    except boundaries.NotAMap as fault:
        raise BadInput(str(fault), field="file") from fault
    made = keep(upload.name, boundaries.as_geojson(features), coordinates_in)
    told = {"file": made.name, "digest": sm3(content), "coordinates_in": coordinates_in}
    vertices = sum(one.vertices for one in features)
    audit("map.draw", made, told | {"features": len(features), "vertices": vertices}, label=made.name)
    return made


def restore_map(map_id: int) -> CityMap:
    """恢复旧地图: the older one is stored anew, so that the record says who chose it and when."""
    demand("map.draw")
    old = CityMap.objects.filter(pk=map_id).first()
    if old is None:
        raise Http404(f"city map {map_id}")
    now = current_map()
    if now is not None and now.pk == old.pk:
        raise Refused("这就是正在使用的地图，不用恢复。")
    name = old.name.partition(RESTORED)[0][: LONGEST_NAME - 40]
    made = keep(f"{name}{RESTORED}{localtime(old.at):%Y-%m-%d %H:%M}的版本）", old.geojson, old.coordinates_in)
    audit("map.restore", made, {"file": made.name, "from": old.pk}, label=made.name)
    return made


def keep(name: str, geojson: dict, coordinates_in: str) -> CityMap:
    made = CityMap(name=name[:LONGEST_NAME], geojson=geojson, coordinates_in=coordinates_in, by_name=who().person_name)
    made.save()
    return made
