"""The list of templates, and a template with its versions."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from signalbus.panels.bases import Panel
from signalbus.panels.words import ago, code, label, labels
from templates_app import services
from templates_app.admin.versions import VersionPages
from templates_app.models import Template, TemplateVersion

NAMES = (
    "What requests and policies call it, for good: a-z, 0-9, dots, hyphens and underscores, such "
    "as order-shipped. It begins with a letter or a digit."
)


class TemplatePanel(VersionPages, Panel):
    """Versions never change: a better text is a new version, published when it is ready."""

    list_display = ("shown_name", "description", "published", "drafts", "changed")
    list_display_links = ("shown_name",)
    search_fields = ("name__istartswith",)
    search_help_text = "The beginning of a name"
    fields = ("name", "description")
    change_form_template = "console/template.html"
    empty_title = "No template yet"
    empty_text = "A template says what a message reads like, on each channel, in each language."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Template]:
        return super().get_queryset(request).prefetch_related("versions")

    def get_readonly_fields(self, request: HttpRequest, obj: Template | None = None) -> Any:
        return ("name",) if obj else ()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """What would go with them; what still needs them stands among the protected."""
        *rest, protected = super().get_deleted_objects(objs, request)
        users = [f"{row.name}: {user}" for row in objs for user in services.users_of(row)]
        objects, counts, permissions = rest
        return objects, counts, permissions, [*protected, *users]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        context["texts"] = _texts(obj.versions.all()) if obj else []
        return super().render_change_form(request, context, *args, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Template | None = None, **kwargs: Any
    ) -> type[ModelForm]:
        return super().get_form(request, obj, **{"help_texts": {"name": NAMES}, **kwargs})

    def response_add(
        self, request: HttpRequest, obj: Template, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to its first text, without which it sends nothing; unless something else was asked."""
        if {"_addanother", "_continue", "_popup"} & request.POST.keys():
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, f"The template {obj.name} is there. Write its first text now.")
        return redirect("admin:version_add", obj.pk)

    @admin.display(description="Name", ordering="name")
    def shown_name(self, row: Template) -> str:
        return code(row.name)

    @admin.display(description="Published")
    def published(self, row: Template) -> str:
        current = sorted(f"{v.channel} {v.locale}" for v in row.versions.all() if v.current)
        return labels(current) if current else "-"

    @admin.display(description="Drafts")
    def drafts(self, row: Template) -> str:
        count = sum(1 for version in row.versions.all() if version.published_at is None)
        return label("draft", f"{count} unpublished") if count else "-"

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, row: Template) -> str:
        return ago(max((v.created_at for v in row.versions.all()), default=row.updated_at))


def _texts(versions: Sequence[TemplateVersion]) -> list[tuple[str, str, list[TemplateVersion]]]:
    """(channel, locale, versions): newest first, for every text of the template."""

    def place(version: TemplateVersion) -> tuple[str, str]:
        return version.channel, version.locale

    return [(*key, list(group)) for key, group in groupby(sorted(versions, key=place), key=place)]


admin.site.register(Template, TemplatePanel)
