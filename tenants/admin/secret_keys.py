"""What the pages of all secret keys have in common: shown once, then known by their beginning."""

from datetime import datetime
from typing import Any, Protocol

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from signalbus.panels.bases import OpenPanel
from signalbus.panels.buttons import Button
from signalbus.panels.words import ago, code, label

REVOKE = Button(
    name="revoke",
    title="Revoke",
    icon="key_off",
    method="revoke",
    shown=lambda key: key.revoked_at is None,
    tone="bad",
    sure="Requests with this key will be refused within seconds. Revoke it?",
)


class SecretKey(Protocol):
    """A key of any kind, of which only the beginning is kept."""

    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


def state_of(key: SecretKey) -> str:
    """What the key is good for at this moment, in a word."""
    if key.revoked_at:
        return "revoked"
    return "expired" if key.expires_at and key.expires_at <= timezone.now() else "active"


class SecretKeyPanel(OpenPanel):
    """Keys of a kind. Whoever makes one leaves it, secret and all, in `request.new_key`."""

    api: str  # the path that such a key opens
    shown_by: str  # the template that shows a new one
    search_fields = ("prefix__startswith",)
    list_display_links = ("name",)
    buttons = (REVOKE,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret in the answer itself: it is kept in no session and no message."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Keep this key",
            "new": request.new_key,  # type: ignore[attr-defined]
            "api": request.build_absolute_uri(self.api),
            "listing": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
        }
        headers = {"Cache-Control": "no-store"}
        return TemplateResponse(request, self.shown_by, context, headers=headers)

    @admin.display(description="Key")
    def shown_prefix(self, key: SecretKey) -> str:
        return code(f"{key.prefix}…")

    @admin.display(description="State")
    def state(self, key: SecretKey) -> str:
        return label(state_of(key))

    @admin.display(description="Last used")
    def used(self, key: SecretKey) -> str:
        return ago(key.last_used_at, "never")

    @admin.display(description="Created")
    def made(self, key: SecretKey) -> str:
        return ago(key.created_at)
