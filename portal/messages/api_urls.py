from portal.messages.api import MessageViewSet, UndeliveredViewSet


def register(router) -> None:
    router.register("messages", MessageViewSet, basename="api-message")
    router.register("undelivered", UndeliveredViewSet, basename="api-undelivered")
