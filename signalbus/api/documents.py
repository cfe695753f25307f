"""The OpenAPI document and the two pages that show it; all of it is served from here, offline."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView

from signalbus.api.openapi import document
from signalbus.api.rendering import JSON
from signalbus.api.views import APIResource


class Document(APIResource):
    """The document itself."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    schema = None  # it does not describe itself

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(document(), content_type=JSON)


class SwaggerPage(SpectacularSwaggerView):
    """Swagger UI, where requests can be tried with a key."""

    title = "Signalbus API: try it out"
    url_name = "openapi"
    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []


class RedocPage(SpectacularRedocView):
    """ReDoc, for reading; its template keeps fonts and pictures of other hosts out."""

    title = "Signalbus API: reference"
    url_name = "openapi"
    template_name = "api/redoc.html"
    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
