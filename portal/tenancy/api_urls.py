from portal.tenancy.api import AccountViewSet


def register(router) -> None:
    router.register("accounts", AccountViewSet, basename="api-account")
