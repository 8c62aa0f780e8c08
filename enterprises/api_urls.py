from enterprises.api import EnterpriseViewSet


def register(router) -> None:
    router.register("enterprises", EnterpriseViewSet, basename="api-enterprise")
