"""Versions of a template: list, add, publish."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from signalbus.api.filters import Filter
from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation, Parameter, choice, text
from signalbus.api.rendering import JSONAnswer
from signalbus.api.resources import Collection
from signalbus.api.views import APIResource
from signalbus.bus.streams import Channel
from templates_app import services
from templates_app.api.contents import content_of
from templates_app.api.shapes import VersionIn, VersionOut, version_out
from templates_app.models import Template, TemplateVersion

CURRENT = Parameter(
    name="current",
    description="Only those that new notifications use, or only the others.",
    schema={"type": "boolean"},
)


class VersionList(Collection[TemplateVersion]):
    """`/templates/{name}/versions`"""

    noun = "a version of a template"
    nouns = "versions of a template"
    answer = VersionOut
    body = VersionIn
    filters = (
        Filter(lookup="channel", parameter=choice("channel", "The channel.", list(Channel))),
        Filter(lookup="locale", parameter=text("locale", "The locale, such as fr-CA.")),
        Filter(lookup="current", parameter=CURRENT),
    )

    def rows(self) -> QuerySet[TemplateVersion]:
        return TemplateVersion.objects.filter(template=self.template())

    def template(self) -> Template:
        """The template that the address names. Raises Http404."""
        return get_object_or_404(Template, name=self.kwargs["name"])

    def show(self, rows: Sequence[TemplateVersion]) -> list[VersionOut]:
        return [version_out(row) for row in rows]

    def create(self, asked: Any) -> TemplateVersion:
        template = self.template()
        version = services.add_version(template, content_of(asked))
        return services.publish_version(version) if asked.publish else version


class VersionPublish(APIResource):
    """`/templates/{name}/versions/{id}/publish`"""

    operations = {
        "post": Operation(
            summary="Publish a version",
            description="New notifications use it; those accepted before keep theirs.",
            answer=VersionOut,
        )
    }

    @idempotent
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        version = get_object_or_404(TemplateVersion, id=kwargs["id"], template__name=kwargs["name"])
        return JSONAnswer(version_out(services.publish_version(version)))
