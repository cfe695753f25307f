"""Keys of the platform's own API: made here, shown once, revoked."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from signalbus.panels import moments
from signalbus.panels.bases import OpenPanel
from signalbus.panels.buttons import Button
from signalbus.panels.words import ago, code, label
from tenants import platform_keys
from tenants.models import PlatformKey

API = "/api/platform/v1"


def state_of(key: PlatformKey) -> str:
    """What the key is good for at this moment, in a word."""
    if key.revoked_at:
        return "revoked"
    return "expired" if key.expires_at and key.expires_at <= timezone.now() else "active"


class OwnKeyForm(forms.ModelForm):
    """What may be chosen of a new key."""

    class Meta:
        model = PlatformKey
        fields = ("name", "expires_at")

    def clean_expires_at(self) -> Any:
        moment = moments.checked(self.cleaned_data["expires_at"])
        if moment and moment <= timezone.now():
            raise forms.ValidationError("This moment has passed: the key could never be used.")
        return moment


class OwnKeyPanel(OpenPanel):
    """Who may ask the platform's own API, which makes, suspends and deletes tenants."""

    form = OwnKeyForm
    list_display = ("name", "shown_prefix", "state", "used", "made", "expires_at")
    list_display_links = ("name",)
    search_fields = ("prefix__startswith",)
    search_help_text = "The beginning of a key, such as sb_platform_ab"
    fields = list_display
    buttons = (
        Button(
            name="revoke",
            title="Revoke",
            icon="key_off",
            method="revoke",
            shown=lambda key: key.revoked_at is None,
            tone="bad",
            sure="Requests with this key will be refused within seconds. Revoke it?",
        ),
    )
    empty_title = "No key of the platform yet"
    empty_text = "A portal or a script that makes tenants names itself with one."

    def get_fields(self, request: HttpRequest, obj: PlatformKey | None = None) -> Any:
        return self.fields if obj else OwnKeyForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: PlatformKey | None = None) -> Any:
        return self.fields if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PlatformKey, form: Any, change: bool) -> None:
        new = platform_keys.create_key(obj.name, obj.expires_at)
        obj.id, obj.prefix = new.key.id, new.key.prefix
        request.new_key = new  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: PlatformKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret in the answer itself: it is kept in no session and no message."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Keep this key",
            "new": request.new_key,  # type: ignore[attr-defined]
            "api": request.build_absolute_uri(API),
        }
        headers = {"Cache-Control": "no-store"}
        return TemplateResponse(request, "console/new_platform_key.html", context, headers=headers)

    def revoke(self, request: HttpRequest, key: PlatformKey) -> str:
        platform_keys.revoke(key)
        return f"The key {key.prefix}… is revoked."

    @admin.display(description="Key")
    def shown_prefix(self, key: PlatformKey) -> str:
        return code(f"{key.prefix}…")

    @admin.display(description="State")
    def state(self, key: PlatformKey) -> str:
        return label(state_of(key))

    @admin.display(description="Last used")
    def used(self, key: PlatformKey) -> str:
        return ago(key.last_used_at, "never")

    @admin.display(description="Created")
    def made(self, key: PlatformKey) -> str:
        return ago(key.created_at)
