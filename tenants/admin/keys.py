"""API keys in a tenant's console: made here, shown once, revoked; only their limits change.

Everybody has keys of their own, which may do no more than they may. Owners make those of
applications as well, and see all.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from signalbus.panels.words import label, labels
from tenants import key_usage, keys
from tenants.admin import limit_fields
from tenants.admin.key_forms import OWN, AnyKeyForm, KeyForm, KeyLimitsForm, OwnKeyForm
from tenants.admin.secret_keys import SecretKeyPanel
from tenants.limits import Subject, of_key
from tenants.models import ApiKey, Mode
from tenants.operators.backend import role_of
from tenants.operators.owners import owners_of

GRANT = "grant"  # the verb for keys of applications, and of others


class KeyPanel(SecretKeyPanel):
    """Keys of the tenant whose console this is: one's own; for owners, all."""

    list_display: tuple[str, ...] = (
        "name",
        "shown_prefix",
        "owner",
        "shown_mode",
        "shown_scopes",
        "state",
        "used",
        "made",
    )
    list_filter = ("mode",)
    search_help_text = "The beginning of a key, such as sb_live_ab"
    fields: tuple[str, ...] = (
        "name",
        "shown_prefix",
        "owner",
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
    api = "/api/v1"
    shown_by = "console/new_key.html"
    empty_title = "No API key yet"
    empty_text = "Your application names itself with one. Begin with a test key: it sends nothing."

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        keys = super().get_queryset(request).filter(tenant_id=self.tenant_id(request))
        return keys if self.may(request, GRANT) else keys.filter(owner_id=request.user.pk)

    def tenant_id(self, request: HttpRequest) -> int:
        """Whose keys are shown and made."""
        found: int = request.tenant.id  # type: ignore[attr-defined]
        return found

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj:
            return super().get_form(request, obj, **kwargs, form=KeyLimitsForm)
        form = super().get_form(request, obj, **{"form": self.new_form(request), **kwargs})
        form.owner_id = getattr(getattr(request, "tenant", None), "id", None)
        form.role = role_of(request.user)
        return form

    def new_form(self, request: HttpRequest) -> type[KeyForm]:
        """The form of a new key for this user."""
        return AnyKeyForm if self.may(request, GRANT) else OwnKeyForm

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        return self.fields if obj else self.new_form(request).Meta.fields

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
            owner_id=self.new_owner(request, form),
        )
        obj.id = new.key.id
        obj.prefix = new.key.prefix
        request.new_key = new  # type: ignore[attr-defined]

    def new_owner(self, request: HttpRequest, form: Any) -> int | None:
        """Whose own the new key is; None for an application's."""
        is_free = self.may(request, GRANT) and form.cleaned_data.get("whose") != OWN
        return None if is_free else request.user.pk

    def prepare_page(self, rows: Any) -> None:
        names = owners_of(rows)
        for row in rows:
            row.owner_name = names.get(row.owner_id, "")

    def revoke(self, request: HttpRequest, key: ApiKey) -> str:
        keys.revoke(key)
        return f"The key {key.prefix}… is revoked."

    @admin.action(description="Revoke")
    def revoke_selected(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        for key in chosen:
            keys.revoke(key)
        self.message_user(request, f"{len(chosen)} keys are revoked.")

    @admin.display(description="Whose")
    def owner(self, key: ApiKey) -> str:
        if key.owner_id is None:
            return "an application's"
        if not hasattr(key, "owner_name"):
            self.prepare_page([key])
        return key.owner_name or "somebody's who is gone"  # type: ignore[attr-defined]

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


admin.site.register(ApiKey, KeyPanel)
