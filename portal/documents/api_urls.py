from portal.documents.api import DocumentCodeViewSet


def register(router) -> None:
    router.register("document-codes", DocumentCodeViewSet, basename="api-document-code")
