from enterprises.api import EnterpriseViewSet
from enterprises.api_people import CredentialViewSet, ResponsibleViewSet
from enterprises.api_units import UnitViewSet


def register(router) -> None:
    router.register("enterprises", EnterpriseViewSet, basename="api-enterprise")
    router.register("units", UnitViewSet, basename="api-unit")
    router.register("responsible-persons", ResponsibleViewSet, basename="api-responsible")
    router.register("credentials", CredentialViewSet, basename="api-credential")
