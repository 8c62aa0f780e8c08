from enterprises.api import EnterpriseViewSet
from enterprises.api_city_map import CityMapViewSet, PointViewSet
from enterprises.api_units import UnitViewSet


def register(router) -> None:
    router.register("enterprises", EnterpriseViewSet, basename="api-enterprise")
    router.register("units", UnitViewSet, basename="api-unit")
    router.register("enterprise-points", PointViewSet, basename="api-point")
    router.register("city-maps", CityMapViewSet, basename="api-city-map")
