"""`/tenants`: customers made, listed, shown and changed."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from msgspec import UNSET, UnsetType

from signalbus.api.filters import Filter
from signalbus.api.operations import Operation, choice, text
from signalbus.api.resources import Collection, Item, Resource, set_fields
from signalbus.bus.lines import set_weight
from signalbus.bus.models import Line
from signalbus.platform_api import invited
from signalbus.platform_api.bases import ByPlatformKey, conflict
from signalbus.platform_api.checks import check_changes, check_new
from signalbus.platform_api.figures import figures_of
from signalbus.platform_api.shapes import (
    NewTenantOut,
    TenantChanges,
    TenantIn,
    TenantOut,
    Weights,
)
from signalbus.platform_api.showing import members, shown
from tenants import provisioning, renaming
from tenants.models import State, Tenant
from tenants.provisioning import ProvisioningError
from tenants.renaming import RenamingError

SHOWN_STATES = [State.ACTIVE.value, State.SUSPENDED.value, State.DELETING.value]
PLAIN = (
    "default_locale",
    "time_zone",
    "idempotency_hours",
    "inherits_accounts",
    "two_factor_required",
    "limits",
)


class _Tenants(ByPlatformKey, Resource[Tenant]):
    noun = "a tenant"
    nouns = "tenants"
    answer = TenantOut

    def rows(self) -> QuerySet[Tenant]:
        return Tenant.objects.exclude(state=State.SPARE).prefetch_related("domains")

    def show(self, rows: Sequence[Tenant]) -> list[TenantOut]:
        return shown(rows)


class Tenants(_Tenants, Collection[Tenant]):
    body = TenantIn
    filters = (
        Filter(lookup="state", parameter=choice("state", "Only those.", SHOWN_STATES)),
        Filter(lookup="domains__domain", parameter=text("domain", "Whose host name this is.")),
    )
    created_answer = NewTenantOut
    secret_answer = True
    invitation: Any = None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        provisioning.prepare()
        return super().post(request, **kwargs)

    def create(self, asked: TenantIn) -> Tenant:
        check_new(asked)
        tenant = _made(asked)
        if asked.limits:
            tenant.limits = asked.limits
            tenant.save(update_fields=["limits"])
        _set_weights(tenant, asked.weights)
        if asked.operator and asked.domain:
            by = f"The platform ({self.asking.name})"
            self.invitation = invited.invite(tenant, asked.domain, asked.operator, by)
        self.tell("create", tenant)
        return tenant

    def created(self, row: Tenant) -> NewTenantOut:
        return NewTenantOut(**members(row, figures_of([row])[row.pk]), invitation=self.invitation)


class OneTenant(_Tenants, Item[Tenant]):
    """A tenant is deleted by an act of its own, not by DELETE: that needs its name typed."""

    http_method_names = ["get", "patch", "head"]
    changes = TenantChanges

    @classmethod
    def described(cls) -> dict[str, Operation]:
        described = super().described()
        return {method: described[method] for method in ("get", "patch")}

    def row(self, rows: QuerySet[Tenant]) -> Tenant:
        found = rows.filter(name=self.kwargs["tenant"]).first()
        if found is None:
            raise Http404
        return found

    def change(self, row: Tenant, changes: TenantChanges) -> Tenant:
        if row.state == State.DELETING:
            raise conflict(f"{row} is being deleted: nothing can be changed.")
        check_changes(changes)
        given = sorted(each for each in changes.__struct_fields__ if _is_set(changes, each))
        set_fields(row, changes, PLAIN)
        row.save(update_fields=[name for name in PLAIN if name in given])
        if not isinstance(changes.weights, UnsetType):
            _set_weights(row, changes.weights)
        if not isinstance(changes.name, UnsetType):
            _rename(row, changes.name)
        self.tell("change", row, changed=given)
        return row


def _is_set(changes: TenantChanges, name: str) -> bool:
    return getattr(changes, name) is not UNSET


def _made(asked: TenantIn) -> Tenant:
    """The row of a new tenant. Raises Problem where somebody else was quicker."""
    try:
        made = provisioning.create_tenant(
            asked.name,
            asked.domain,
            default_locale=asked.default_locale,
            time_zone=asked.time_zone,
        )
    except (ProvisioningError, IntegrityError) as error:
        raise conflict(str(error)) from error
    return Tenant.objects.prefetch_related("domains").get(pk=made.id)


def _set_weights(tenant: Tenant, weights: Weights) -> None:
    """Weights take the place of all that there were."""
    Line.objects.filter(tenant_id=tenant.pk).exclude(stream__in=weights).delete()
    for stream, weight in weights.items():
        set_weight(stream, tenant.pk, weight)


def _rename(tenant: Tenant, name: str) -> None:
    try:
        renaming.rename(tenant, name)
    except RenamingError as error:
        raise conflict(str(error), "/name") from error
