"""The buttons of a tenant's page: suspending, renaming and deleting it, and taking that back."""

from django.http import HttpRequest

from signalbus.core.errors import SignalbusError
from signalbus.panels.buttons import Button
from signalbus.panels.words import absolute
from tenants import deleting, renaming, suspension
from tenants.models import State, Tenant


def _is_served(tenant: Tenant) -> bool:
    return tenant.state != State.DELETING


def _may_end(tenant: Tenant) -> bool:
    return _is_served(tenant) and tenant.delete_at is None


BUTTONS = (
    Button(
        name="suspend",
        title="Suspend",
        icon="pause_circle",
        method="suspend",
        shown=lambda tenant: tenant.state == State.ACTIVE,
        tone="bad",
        ask="Reason, shown to the tenant",
    ),
    Button(
        name="resume",
        title="Resume",
        icon="play_circle",
        method="resume",
        shown=lambda tenant: tenant.state == State.SUSPENDED and tenant.delete_at is None,
        tone="good",
    ),
    Button(
        name="rename",
        title="Rename",
        icon="edit",
        method="rename",
        shown=_is_served,
        ask="New name: a-z, 0-9 and hyphens",
    ),
    Button(
        name="keep",
        title="Keep it after all",
        icon="restore_from_trash",
        method="keep",
        shown=lambda tenant: _is_served(tenant) and tenant.delete_at is not None,
        tone="good",
    ),
    Button(
        name="end",
        title="Delete",
        icon="delete_forever",
        method="end",
        shown=_may_end,
        tone="bad",
        ask="Type its name to delete it",
    ),
)


class TenantActs:
    """Mixin of the panel: what the buttons do."""

    def suspend(self, request: HttpRequest, tenant: Tenant) -> str:
        reason = _given(request)
        if not reason:
            raise SignalbusError("A reason is needed: the tenant's API and console show it.")
        suspension.suspend(tenant.pk, reason[:200])
        return f"{tenant} is suspended."

    def resume(self, request: HttpRequest, tenant: Tenant) -> str:
        suspension.resume(tenant.pk)
        return f"{tenant} is active."

    def rename(self, request: HttpRequest, tenant: Tenant) -> str:
        former = tenant.name
        renaming.rename(tenant, _given(request))
        return f"{former} is called {tenant} now. Commands and the platform's API want that name."

    def end(self, request: HttpRequest, tenant: Tenant) -> str:
        deleting.check_typed(tenant, _given(request))
        ending = deleting.schedule(tenant.pk)
        assert ending.delete_at is not None
        return (
            f"{tenant} is suspended, and deleted with all its data on "
            f"{absolute(ending.delete_at)}. It can be kept until then."
        )

    def keep(self, request: HttpRequest, tenant: Tenant) -> str:
        return f"{deleting.take_back(tenant.pk)} is kept."


def _given(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()
