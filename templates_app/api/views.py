"""Templates: list, create, show, change, delete."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from signalbus.api.conflicts import Unique
from signalbus.api.filters import Filter
from signalbus.api.operations import text
from signalbus.api.problems import Problem
from signalbus.api.resources import Collection, Item, set_fields
from templates_app import services
from templates_app.api.contents import contents_of
from templates_app.api.shapes import (
    TemplateChanges,
    TemplateIn,
    TemplateOut,
    template_out,
)
from templates_app.models import Template, TemplateVersion

IN_USE = "It is in use by {}. Delete it when they are settled, or cancel them."


class Templates:
    """What the list and the item share. Templates have no mode: live and test keys share them."""

    noun = "a template"
    nouns = "templates"
    answer = TemplateOut
    unique = Unique(field="name", advice="add to it with POST /api/v1/templates/{value}/versions.")

    def rows(self) -> QuerySet[Template]:
        published = TemplateVersion.objects.filter(current=True)
        return Template.objects.prefetch_related(Prefetch("versions", published, "current"))

    def show(self, rows: Sequence[Template]) -> list[TemplateOut]:
        return [template_out(row, row.current) for row in rows]  # type: ignore[attr-defined]


class TemplateList(Templates, Collection[Template]):
    """`/templates`"""

    body = TemplateIn
    filters = (Filter(lookup="name", parameter=text("name", "The template's name.")),)

    def create(self, asked: Any) -> Template:
        contents = contents_of(asked.contents, "/contents")
        made = services.create_template(
            asked.name, asked.description, contents, publish=asked.publish
        )
        return self.rows().get(id=made.id)


class TemplateItem(Templates, Item[Template]):
    """`/templates/{name}`"""

    changes = TemplateChanges
    key = "name"

    def change(self, row: Template, changes: Any) -> Template:
        set_fields(row, changes, ["description"])
        row.save(update_fields=["description", "updated_at"])
        return row

    def remove(self, row: Template) -> None:
        users = services.users_of(row)
        if users:
            raise Problem("conflict", IN_USE.format(", ".join(users)), extra={"used_by": users})
        row.delete()
