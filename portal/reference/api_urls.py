from portal.reference.api import CatalogLineViewSet, CatalogViewSet


def register(router) -> None:
    router.register("catalogs", CatalogViewSet, basename="api-catalog")
    router.register(r"catalogs/(?P<key>[-\w]+)/lines", CatalogLineViewSet, basename="api-catalog-line")
