"""Where the API begins, its OpenAPI document and the pages for people; all of it works offline."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView

from signalbus.api import begin, catalogue
from signalbus.api.openapi import document
from signalbus.api.rendering import JSON, JSONAnswer
from signalbus.api.views import APIResource


class Index(APIResource):
    """What stands at the API's own address: where to go from there."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    schema = None  # what needs no key is not in the document

    def get(self, request: HttpRequest) -> HttpResponse:
        return JSONAnswer(begin.index(request.build_absolute_uri))


class Document(APIResource):
    """The document itself."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    schema = None  # it does not describe itself

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(document(), content_type=JSON)


class ErrorsPage(APIResource):
    """What each type of problem means, for people."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    schema = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "api/errors.html", {"errors": catalogue.errors()})


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
