"""The REST API: every floor registers its own; the document and its reader are served from here."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from hazards import api_urls as hazards
from inspections import api_urls as inspections

router = SimpleRouter()
for floor in (hazards, inspections):
    floor.register(router)


class Schema(SpectacularAPIView):
    """The OpenAPI 3.1 document."""

    needs = "api.docs"


class Reader(SpectacularSwaggerView):
    needs = "api.docs"


urlpatterns = [
    path("", include(router.urls)),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Reader.as_view(url_name="schema"), name="api-docs"),
]
