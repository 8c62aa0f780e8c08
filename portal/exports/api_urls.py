from portal.exports.api import ExportViewSet


def register(router) -> None:
    router.register("exports", ExportViewSet, basename="api-export")
