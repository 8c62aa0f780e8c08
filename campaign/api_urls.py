"""The REST API: every floor registers its own; the document and its reader are served from here."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter

from accountability import api as accountability
from campaign import api_dashboard, api_phases, api_reports, api_tasks
from enterprises import api_urls as enterprises
from hazards import api_urls as hazards
from inspections import api_urls as inspections
from portal.documents import api_urls as documents
from portal.exports import api_urls as exports
from portal.holidays import api_urls as holidays
from portal.messages import api_urls as messages
from portal.reference import api_urls as reference
from portal.tenancy import api_urls as tenancy


class Router(SimpleRouter):
    """A record is asked for by its number: what is none leads nowhere, and no view has to look twice."""

    def get_lookup_regex(self, viewset, lookup_prefix=""):
        if getattr(viewset, "lookup_field", "pk") == "pk" and not hasattr(viewset, "lookup_value_regex"):
            return rf"(?P<{lookup_prefix}pk>\d{{1,18}})"
        return super().get_lookup_regex(viewset, lookup_prefix)


router = Router()
for floor in (
    documents,
    exports,
    holidays,
    messages,
    reference,
    tenancy,
    enterprises,
    hazards,
    inspections,
    accountability,
    api_tasks,
    api_phases,
    api_dashboard,
    api_reports,
):
    floor.register(router)


class Schema(SpectacularAPIView):
    """The OpenAPI 3.1 document."""

    needs = "api.docs"


class Reader(SpectacularSwaggerSplitView):
    """The document for reading and trying. Its script comes as a file: pages run no script that stands in them."""

    needs = "api.docs"
    template_name = "campaign/api_docs.html"
    http_method_names = ("get",)

    def handle_exception(self, error):
        # Its own renderer knows one page; what goes wrong is said in JSON as everywhere.
        self.request.accepted_renderer, self.request.accepted_media_type = JSONRenderer(), "application/json"
        return super().handle_exception(error)


urlpatterns = [
    path("", include(router.urls)),
    path("", include("portal.uploads.urls")),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Reader.as_view(url_name="schema"), name="api-docs"),
]
