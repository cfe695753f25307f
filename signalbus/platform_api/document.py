"""The platform's OpenAPI document and the pages that show it."""

from functools import cache

from django.http import HttpRequest, HttpResponse

from signalbus.api import documents
from signalbus.api.openapi import Generator, written
from signalbus.api.rendering import JSON
from signalbus.platform_api.introduction import INTRODUCTION
from signalbus.platform_api.schema import PREFIX, TAGS


class PlatformGenerator(Generator):
    """Describes what stands below the platform's address."""

    root = f"{PREFIX}/"


@cache
def document() -> bytes:
    """The whole document as JSON; it is the same as long as the process runs."""
    return written(PlatformGenerator(), INTRODUCTION, TAGS, title="Signalbus platform")


class Document(documents.Document):
    """The document itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(document(), content_type=JSON)


class SwaggerPage(documents.SwaggerPage):
    """Swagger UI, where requests can be tried with a key."""

    title = "Signalbus platform API: try it out"
    url_name = "platform-openapi"


class RedocPage(documents.RedocPage):
    """ReDoc, for reading."""

    title = "Signalbus platform API: reference"
    url_name = "platform-openapi"
