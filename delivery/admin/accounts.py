"""Provider accounts: each kind has a form of its own."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from delivery import accounts
from delivery.admin.account_form import (
    CREDENTIALS,
    FORGET,
    OPTIONS,
    form_of,
    name_of,
    stored_credentials,
)
from delivery.models import ProviderAccount
from delivery.providers import registry
from delivery.providers.kinds import Kind
from signalbus.panels.bases import Panel
from signalbus.panels.words import ago, code, label

PLAIN = ("name", ("kind", "channel"), ("enabled", "position"))


class AccountPanel(Panel):
    """The lowest position of a channel is used first."""

    list_display = ("name", "shown_kind", "shown_channel", "state", "position", "changed")
    list_display_links = ("name",)
    list_filter = ("channel", "enabled")
    search_fields = ("name__istartswith",)
    warn_unsaved_form = False  # choosing a kind shows the form of that kind
    empty_title = "No provider account yet"
    empty_text = "Live messages need one: SMTP, an e-mail service, Twilio, or the simulator."

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **kwargs, form=form_of(_kind(request, obj)))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        kind = _kind(request, obj)
        sets: list[Any] = [(None, {"fields": PLAIN})]
        if kind.options:
            sets.append(("Options", {"fields": [name_of(OPTIONS, each) for each in kind.options]}))
        if kind.credentials:
            names = [name_of(CREDENTIALS, each) for each in kind.credentials]
            forget = [FORGET] if obj and stored_credentials(obj) else []
            sets.append(("Credentials, stored encrypted", {"fields": [*names, *forget]}))
        return sets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("kind",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"kind": _kind(request, None).name, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.options = form.options()
        obj.credentials = form.credentials()
        super().save_model(request, obj, form, change)
        transaction.on_commit(accounts.forget)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(accounts.forget)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        transaction.on_commit(accounts.forget)

    @admin.display(description="Kind", ordering="kind")
    def shown_kind(self, row: ProviderAccount) -> str:
        return code(row.kind)

    @admin.display(description="Channel", ordering="channel")
    def shown_channel(self, row: ProviderAccount) -> str:
        return label(row.channel)

    @admin.display(description="State", ordering="enabled")
    def state(self, row: ProviderAccount) -> str:
        return label("enabled" if row.enabled else "disabled")

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, row: ProviderAccount) -> str:
        return ago(row.updated_at)


def _kind(request: HttpRequest, row: ProviderAccount | None) -> Kind:
    """The account's kind, or the one that was chosen for a new account."""
    name = row.kind if row else request.POST.get("kind") or request.GET.get("kind", "")
    found = registry.find(name)
    if found is None and row:
        return Kind(name=row.kind, label=row.kind, channels=(row.channel,), driver="")
    return found or registry.kinds()[0]


admin.site.register(ProviderAccount, AccountPanel)
