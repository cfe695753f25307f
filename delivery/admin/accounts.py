"""Provider accounts: each kind has a form of its own."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from delivery import accounts, breaker_reset
from delivery.admin import (
    account_breaker,
    account_domain,
    account_hook,
    account_mailbox,
    account_shown,
)
from delivery.admin.account_form import (
    CREDENTIALS,
    FORGET,
    OPTIONS,
    AccountForm,
    form_of,
    name_of,
    stored_credentials,
)
from delivery.inherited import inherited_by
from delivery.models import ProviderAccount
from delivery.providers import registry
from delivery.providers.kinds import Kind
from signalbus.bus.streams import Channel
from signalbus.panels.bases import Panel
from signalbus.panels.buttons import Button
from signalbus.panels.words import ago, label

PLAIN = ("name", ("kind", "channel"), "enabled", ("position", "weight"))
KNOWN = ("name", ("shown_kind", "channel"), *PLAIN[2:], "breaker_state")
LOOKED_AT = (account_shown.TITLE, {"fields": account_shown.SHOWN})  # by who may not write
Fieldset = tuple[str, dict[str, Any]]


class AnyAccountPanel(Panel):
    """What a tenant's own accounts and the platform's have in common.

    The lowest position of a channel is used first.
    """

    form = AccountForm
    saved_too = ("options", "sealed")
    limits: tuple[Any, ...] = (("per_second", "burst"),)
    list_display = (
        *("name", "shown_kind", "shown_channel", "state", "breaker_state"),
        *("position", "weight", "shown_limit", "changed"),
    )
    list_display_links = ("name",)
    list_filter = ("channel", "enabled")
    search_fields = ("name__istartswith",)
    search_help_text = "The beginning of a name"
    warn_unsaved_form = False  # choosing a kind shows the form of that kind
    buttons = (
        Button(
            name="close_breaker",
            title="Close the breaker now",
            icon="power",
            method="close_breaker",
            shown=account_breaker.is_broken,
            tone="good",
        ),
    )

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        account_breaker.fetch(page.result_list)
        return page

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        row = super().get_object(request, *args, **kwargs)
        if row is not None:
            row.asks_dns = account_domain.asked(request)
        return row

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = form_of(_kind(request, obj), self.form)
        return super().get_form(request, obj, **kwargs, form=form)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        kind = _kind(request, obj)
        may_write = obj is None or self.has_change_permission(request, obj)
        domains = ["domain_per_second"] if Channel.EMAIL in kind.channels else []
        return [
            (None, {"fields": KNOWN if obj else PLAIN}),
            *(_written(kind, obj) if may_write else [LOOKED_AT]),
            ("Limits, in messages per second", {"fields": [*self.limits, *domains]}),
            *_told(obj),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = (*account_hook.SHOWN, *account_mailbox.SHOWN, *account_domain.SHOWN)
        return ("shown_kind", "breaker_state", *shown) if obj else ()

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

    def close_breaker(self, request: HttpRequest, row: Any) -> str:
        tenant = getattr(request, "tenant", None)
        return breaker_reset.close_now(row.pk, row.channel, tenant.id if tenant else None)

    @admin.display(description="Options")
    def shown_options(self, row: Any) -> str:
        return account_shown.options(row)

    @admin.display(description="Credentials")
    def shown_credentials(self, row: Any) -> str:
        return account_shown.credentials(row)

    @admin.display(description="Breaker")
    def breaker_state(self, row: Any) -> str:
        return account_breaker.shown(row)

    @admin.display(description="Address")
    def hook_address(self, row: Any) -> str:
        return account_hook.address(row)

    @admin.display(description="At the provider")
    def hook_setup(self, row: Any) -> str:
        hook = account_hook.hook_of(row)
        return hook.setup if hook else "-"

    @admin.display(description="Proof")
    def hook_proof(self, row: Any) -> str:
        return account_hook.proof(row)

    @admin.display(description="Last call")
    def last_receipt(self, row: Any) -> str:
        return account_hook.last_receipt(row)

    @admin.display(description="Mailbox")
    def mailbox_state(self, row: Any) -> str:
        return account_mailbox.state(row)

    @admin.display(description="DNS")
    def domain_records(self, row: Any) -> str:
        return account_domain.records(row)

    @admin.display(description="Limit", ordering="per_second")
    def shown_limit(self, row: Any) -> str:
        return "-" if row.per_second is None else f"{row.per_second:g}/s"

    @admin.display(description="Kind", ordering="kind")
    def shown_kind(self, row: Any) -> str:
        return registry.label_of(row.kind)

    @admin.display(description="Channel", ordering="channel")
    def shown_channel(self, row: Any) -> str:
        return label(row.channel)

    @admin.display(description="State", ordering="enabled")
    def state(self, row: Any) -> str:
        return label("enabled" if row.enabled else "disabled")

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, row: Any) -> str:
        return ago(row.updated_at)


class AccountPanel(AnyAccountPanel):
    """A tenant's own accounts; below them those of the platform that serve it as well."""

    list_after_template = "console/inherited_accounts.html"
    empty_title = "No provider account yet"
    empty_text = "Live messages need one: SMTP, an e-mail service, Twilio, or the simulator."

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        inherited = list(inherited_by(request.tenant))  # type: ignore[attr-defined]
        account_breaker.fetch(inherited)
        shown = [(row, account_breaker.shown(row)) for row in inherited]
        return super().changelist_view(request, {"inherited": shown, **(extra_context or {})})


def _kind(request: HttpRequest, row: Any) -> Kind:
    """The account's kind, or the one that was chosen for a new account."""
    name = row.kind if row else request.POST.get("kind") or request.GET.get("kind", "")
    found = registry.find(name)
    if found is None and row:
        return Kind(name=row.kind, label=row.kind, channels=(row.channel,), driver="")
    return found or registry.kinds()[0]


admin.site.register(ProviderAccount, AccountPanel)


def _written(kind: Kind, row: Any) -> Iterator[Fieldset]:
    """What the kind asks for."""
    if kind.options:
        yield "Options", {"fields": [name_of(OPTIONS, each) for each in kind.options]}
    if kind.credentials:
        names = [name_of(CREDENTIALS, each) for each in kind.credentials]
        forget = [FORGET] if row and stored_credentials(row) else []
        yield "Credentials, stored encrypted", {"fields": [*names, *forget]}


def _told(row: Any) -> Iterator[Fieldset]:
    """What is known about an account that exists."""
    if account_hook.hook_of(row):
        yield account_hook.TITLE, {"fields": account_hook.SHOWN}
    if account_mailbox.has_one(row):
        yield account_mailbox.TITLE, {"fields": account_mailbox.SHOWN}
    if account_domain.has_one(row):
        yield account_domain.TITLE, {"fields": account_domain.SHOWN}
