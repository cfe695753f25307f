"""What a template would look like, without sending it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation
from signalbus.api.problems import PointedError, Problem, invalid
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.core import locales
from templates_app import rendering, services
from templates_app.api.contents import content_of, unknown_locale
from templates_app.api.shapes import PreviewIn, PreviewOut
from templates_app.models import Template, TemplateVersion
from templates_app.services import Content, ContentError
from templates_app.texts import Rendered, missing


class TemplatePreview(APIResource):
    """`/templates/{name}/preview`"""

    operations = {
        "post": Operation(
            summary="Preview a template",
            description="Renders `content`, else `version`, else what is published for the locale.",
            body=PreviewIn,
            answer=PreviewOut,
        )
    }

    @idempotent
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = self.read(PreviewIn)
        template = get_object_or_404(Template, name=kwargs["name"])
        content, version = self._content(template, asked)
        return JSONAnswer(_shown(asked, content, version, _rendered(asked, content)))

    def _content(self, template: Template, asked: PreviewIn) -> tuple[Content, UUID | None]:
        if asked.content is not None:
            return content_of(asked.content, "/content"), None
        row = self._version(template, asked)
        return content_of_version(row), row.id

    def _version(self, template: Template, asked: PreviewIn) -> TemplateVersion:
        versions = template.versions.filter(channel=asked.channel)
        if asked.version is not None:
            return get_object_or_404(versions, id=asked.version)
        published = {row.locale: row for row in versions.filter(current=True)}
        wanted = locales.canonical(asked.locale)
        if wanted is None:
            raise invalid(unknown_locale(""))
        request: Any = self.request
        default = request.tenant.default_locale
        for locale in locales.fallbacks(wanted, default):
            if locale in published:
                return published[locale]
        raise Problem("not-found", f"Nothing is published on {asked.channel} for {asked.locale}.")


def content_of_version(row: TemplateVersion) -> Content:
    """A version's texts as content."""
    return Content(
        channel=row.channel,
        locale=row.locale,
        subject=row.subject,
        text=row.text,
        html=row.html,
    )


def _rendered(asked: PreviewIn, content: Content) -> Rendered:
    try:
        return services.preview(content, asked.data, asked.recipient, asked.topic)
    except ContentError as error:
        place = f"/content/{error.field}" if asked.content else "/data"
        raise invalid(PointedError(place, str(error))) from error


def _shown(
    asked: PreviewIn, content: Content, version: UUID | None, rendered: Rendered
) -> PreviewOut:
    return PreviewOut(
        channel=content.channel,
        locale=content.locale,
        version=version,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        missing=missing(_needed(content), asked.data),
    )


def _needed(content: Content) -> tuple[str, ...]:
    return rendering.needed(subject=content.subject, text=content.text, html=content.html)
