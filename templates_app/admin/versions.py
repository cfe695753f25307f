"""Pages of versions: write a new one, look at one with data, publish it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from signalbus.panels.bases import head
from templates_app import services
from templates_app.admin.forms import TryForm, VersionForm, content_of, sample_of, starting_from
from templates_app.models import Template, TemplateVersion
from templates_app.services import ContentError
from templates_app.texts import Rendered

EXAMPLE_RECIPIENT = {
    "id": "user-42",
    "locale": "en",
    "time_zone": "Europe/Paris",
    "email": "ana@example.org",
    "phone": "+33612345678",
    "attributes": {"name": "Ana"},
}


class VersionPages:
    """Mixin of the template's panel: the addresses of its versions."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        own = [
            path("<uuid:id>/versions/add/", view(self.add_version), name="version_add"),
            path("versions/<uuid:id>/", view(self.show_version), name="version"),
            path("versions/<uuid:id>/publish/", view(self.publish_version), name="version_publish"),
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def add_version(self, request: HttpRequest, id: UUID) -> HttpResponse:
        """A form that begins with the texts of the version named by `from`, if any."""
        template = get_object_or_404(Template, id=id)
        form = VersionForm(request.POST or None, initial=self._initial(request, template))
        if request.method == "POST" and form.is_valid():
            return self._added(request, services.add_version(template, form.content()))
        head(request, f"{template.name} · new version", self._address(template.id))
        context = {"form": form, "template": template, "title": f"New version of {template.name}"}
        return self._page(request, "console/version_add.html", context)

    def show_version(self, request: HttpRequest, id: UUID) -> HttpResponse:
        """The version's texts, and what it makes of some data."""
        version = get_object_or_404(TemplateVersion.objects.select_related("template"), id=id)
        form = TryForm(request.GET if "data" in request.GET else None)
        form.initial["data"] = sample_of(version.required)
        rendered, error = _tried(version, form)
        place = f"{version.template.name} · {version.channel} · {version.locale}"
        head(request, place, self._address(version.template_id))
        context = {
            "version": version,
            "form": form,
            "rendered": rendered,
            "error": error,
            "title": place,
        }
        return self._page(request, "console/version.html", context)

    def publish_version(self, request: HttpRequest, id: UUID) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        version = get_object_or_404(TemplateVersion, id=id)
        services.publish_version(version)
        messages.success(request, "New notifications use this version from now on.")
        return redirect("admin:version", version.id)

    def _added(self, request: HttpRequest, version: TemplateVersion) -> HttpResponse:
        if "publish" in request.POST:
            services.publish_version(version)
            says = f"Version {version.number} is published: new notifications use it from now on."
        else:
            says = f"Version {version.number} is saved as a draft: nothing is sent with it yet."
        messages.success(request, says)
        return redirect("admin:version", version.id)

    def _initial(self, request: HttpRequest, template: Template) -> dict[str, Any]:
        older = request.GET.get("from", "")
        versions = {str(version.id): version for version in template.versions.all()}
        return starting_from(versions.get(older))

    def _address(self, template: UUID) -> str:
        return reverse("admin:templates_app_template_change", args=[template])

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = self.admin_site.each_context(request)  # type: ignore[attr-defined]
        opts = self.opts  # type: ignore[attr-defined]
        return TemplateResponse(request, name, {**shared, "opts": opts, **context})


def _tried(version: TemplateVersion, form: TryForm) -> tuple[Rendered | None, str]:
    """What the version makes of the data, or why it makes nothing."""
    data = form.cleaned_data["data"] if form.is_bound and form.is_valid() else None
    try:
        return services.preview(
            content_of(version), data or sample_of(version.required), EXAMPLE_RECIPIENT
        ), ""
    except ContentError as error:
        return None, f"{error.field}: {error}"
