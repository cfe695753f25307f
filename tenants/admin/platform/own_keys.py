"""Keys of the platform's own API: made here, shown once, revoked."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from signalbus.panels import moments
from tenants import platform_keys
from tenants.admin.secret_keys import SecretKeyPanel
from tenants.models import PlatformKey


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


class OwnKeyPanel(SecretKeyPanel):
    """Who may ask the platform's own API, which makes, suspends and deletes tenants."""

    form = OwnKeyForm
    list_display = ("name", "shown_prefix", "state", "used", "made", "expires_at")
    search_help_text = "The beginning of a key, such as sb_platform_ab"
    fields = list_display
    api = "/api/platform/v1"
    shown_by = "console/new_platform_key.html"
    empty_title = "No key of the platform yet"
    empty_text = "A portal or a script that makes tenants names itself with one."

    def get_fields(self, request: HttpRequest, obj: PlatformKey | None = None) -> Any:
        return self.fields if obj else OwnKeyForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: PlatformKey | None = None) -> Any:
        return self.fields if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PlatformKey, form: Any, change: bool) -> None:
        new = platform_keys.create_key(obj.name, obj.expires_at)
        obj.id, obj.prefix = new.key.id, new.key.prefix
        request.new_key = new  # type: ignore[attr-defined]

    def revoke(self, request: HttpRequest, key: PlatformKey) -> str:
        platform_keys.revoke(key)
        return f"The key {key.prefix}… is revoked."
