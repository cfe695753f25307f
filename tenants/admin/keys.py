"""API keys in a tenant's console: made here, shown once, revoked; only their limits change."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from signalbus.panels import moments
from signalbus.panels.bases import OpenPanel
from signalbus.panels.buttons import Button
from signalbus.panels.words import ago, code, label, labels
from tenants import key_usage, keys
from tenants.admin import limit_fields
from tenants.identity import identity_of
from tenants.limit_checks import check_key
from tenants.limits import Subject, of_key
from tenants.models import ApiKey, Mode, Scope, Tenant

API = "/api/v1"


def state_of(key: ApiKey) -> str:
    """What the key is good for at this moment, in a word."""
    if key.revoked_at:
        return "revoked"
    if key.expires_at and key.expires_at <= timezone.now():
        return "expired"
    return "active"


class KeyLimitsForm(limit_fields.limited(Subject.KEY)):  # type: ignore[misc]
    """What may be changed of a key."""

    owner_id: int | None = None

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = ()

    def check_limits(self, wish: Any) -> None:
        tenant = self.owner()
        if tenant is not None:
            check_key(wish, identity_of(tenant).limits)

    def owner(self) -> Tenant | None:
        """Whose key it is, or is to be; None where that was not said."""
        if self.instance.tenant_id:
            return self.instance.tenant
        return Tenant.objects.filter(id=self.owner_id).first()


class KeyForm(KeyLimitsForm):
    """What may be chosen of a new key."""

    scopes = forms.MultipleChoiceField(
        choices=[
            (Scope.SEND, "send: ask for notifications, cancel and redrive them"),
            (Scope.READ, "read: look everything up"),
            (Scope.MANAGE, "manage: change templates, policies, recipients, accounts and keys"),
        ],
        initial=[Scope.SEND, Scope.READ],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta(KeyLimitsForm.Meta):
        fields: tuple[str, ...] = ("name", "mode", "scopes", "expires_at")

    def clean_expires_at(self) -> Any:
        moment = moments.checked(self.cleaned_data["expires_at"])
        if moment and moment <= timezone.now():
            raise forms.ValidationError("This moment has passed: the key could never be used.")
        return moment


class KeyPanel(OpenPanel):
    """Keys of the tenant whose console this is."""

    list_display: tuple[str, ...] = (
        "name",
        "shown_prefix",
        "shown_mode",
        "shown_scopes",
        "state",
        "used",
        "made",
    )
    list_display_links = ("name",)
    list_filter = ("mode",)
    search_fields = ("prefix__startswith",)
    search_help_text = "The beginning of a key, such as sb_live_ab"
    fields: tuple[str, ...] = (
        "name",
        "shown_prefix",
        "shown_mode",
        "shown_scopes",
        "state",
        "expires_at",
        "used",
        "made",
        "revoked_at",
    )
    form = KeyForm
    actions = ("revoke_selected",)
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
    empty_title = "No API key yet"
    empty_text = "Your application names itself with one. Begin with a test key: it sends nothing."

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return super().get_queryset(request).filter(tenant_id=self.tenant_id(request))

    def tenant_id(self, request: HttpRequest) -> int:
        """Whose keys are shown and made."""
        found: int = request.tenant.id  # type: ignore[attr-defined]
        return found

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj:
            return super().get_form(request, obj, **kwargs, form=KeyLimitsForm)
        form = super().get_form(request, obj, **kwargs)
        form.owner_id = getattr(getattr(request, "tenant", None), "id", None)
        return form

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        return self.fields if obj else KeyForm.Meta.fields

    def get_fieldsets(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        may_set = obj is None or self.has_change_permission(request, obj)
        limits = limit_fields.field_names(Subject.KEY) if may_set else ("shown_limits",)
        own = {"fields": self.get_fields(request, obj)}
        used = ("quotas_used",) if obj and of_key(obj.limits).quotas else ()
        return [(None, own), ("Limits of its own", {"fields": (*used, *limits)})]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        return (*self.fields, "quotas_used", "shown_limits") if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        return {"mode": Mode.TEST}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            keys.set_limits(obj, obj.limits)
            return
        new = keys.create_key(
            self.tenant_id(request),
            name=obj.name,
            mode=obj.mode,
            scopes=obj.scopes,
            expires_at=obj.expires_at,
            limits=obj.limits,
        )
        obj.id = new.key.id
        obj.prefix = new.key.prefix
        request.new_key = new  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
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
        return TemplateResponse(request, "console/new_key.html", context, headers=headers)

    def revoke(self, request: HttpRequest, key: ApiKey) -> str:
        keys.revoke(key)
        return f"The key {key.prefix}… is revoked."

    @admin.action(description="Revoke")
    def revoke_selected(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        for key in chosen:
            keys.revoke(key)
        self.message_user(request, f"{len(chosen)} keys are revoked.")

    @admin.display(description="Key")
    def shown_prefix(self, key: ApiKey) -> str:
        return code(f"{key.prefix}…")

    @admin.display(description="Mode")
    def shown_mode(self, key: ApiKey) -> str:
        return label(key.mode)

    @admin.display(description="Scopes")
    def shown_scopes(self, key: ApiKey) -> str:
        return labels(key.scopes)

    @admin.display(description="Limits of its own")
    def shown_limits(self, key: ApiKey) -> str:
        return limit_fields.shown(key.limits)

    @admin.display(description="Used of its quotas")
    def quotas_used(self, key: ApiKey) -> str:
        return limit_fields.shown_use(key_usage.of_keys([key]).get(key.id, []))

    @admin.display(description="State")
    def state(self, key: ApiKey) -> str:
        return label(state_of(key))

    @admin.display(description="Last used")
    def used(self, key: ApiKey) -> str:
        return ago(key.last_used_at, "never")

    @admin.display(description="Created")
    def made(self, key: ApiKey) -> str:
        return ago(key.created_at)


admin.site.register(ApiKey, KeyPanel)
