"""What somebody else does to a row while its form is handled stays done."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from signalbus.console import user_forms
from tenants import suspension
from tenants.admin.platform import tenant_forms
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import State, Tenant
from tenants.operators import logins
from tenants.roles import Role
from tests.console.conftest import PASSWORD
from tests.console.people import at_console
from tests.tenants.test_deleting import in_thread

STEPS: dict[str, tuple[Any, str]] = {
    "change": (logins, "check_role"),
    "password": (user_forms.SavesPassword, "set_password_and_save"),
}


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, act: Callable[[], object]
) -> None:
    """Let the act happen, in another process, when that function is called."""
    work = getattr(owner, name)

    def after(*given: Any, **named: Any) -> Any:
        other = in_thread(act)
        other.join(10)
        assert not other.is_alive()
        return work(*given, **named)

    monkeypatch.setattr(owner, name, after)


def test_a_tenant_that_is_suspended(
    platform: Client, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(
        monkeypatch, tenant_forms, "check_tenant", lambda: suspension.suspend(acme.id, "unpaid")
    )
    form = {
        "default_locale": "fr",
        "time_zone": "UTC",
        "idempotency_hours": "24",
        "inherits_accounts": "on",
        "limit_sms_per_day": "7",
    }
    answer = platform.post(f"/admin/tenants/tenant/{acme.id}/change/", form)
    assert answer.status_code == 302
    tenant = Tenant.objects.get(pk=acme.id)
    Tenant.objects.filter(pk=acme.id).update(default_locale="en")
    assert (tenant.state, tenant.suspension_reason) == (State.SUSPENDED, "unpaid")
    assert (tenant.default_locale, tenant.limits) == ("fr", {"sms_per_day": 7})


@pytest.mark.parametrize("page", ["change", "password"])
def test_a_user_who_is_deactivated(
    console: Client, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    at_console(acme, Role.EDITOR)
    with in_tenant(acme):
        pk = User.objects.get(username="editor").pk

    def deactivate() -> None:
        with in_tenant(acme):
            logins.deactivate(pk, by=0)

    meanwhile(monkeypatch, *STEPS[page], deactivate)
    new = "another-long-password"
    form = {"username": "editor", "first_name": "Edna", "role": "editor"}
    passwords = {"password1": new, "password2": new, "usable_password": "true"}
    answer = console.post(f"/admin/auth/user/{pk}/{page}/", {**form, **passwords})
    assert answer.status_code == 302
    with in_tenant(acme):
        user = User.objects.get(pk=pk)
    assert not user.is_active
    assert (user.first_name, user.check_password(new)) == (
        ("Edna", False) if page == "change" else ("", True)
    )


def test_somebody_who_changes_their_own_password(
    console: Client, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An owner deactivates them after their form was read: it waits, and is not undone."""
    client = at_console(acme, Role.EDITOR)
    with in_tenant(acme):
        pk = User.objects.get(username="editor").pk
    others: list[Any] = []

    def deactivate() -> None:
        with in_tenant(acme):
            logins.deactivate(pk, by=0)

    def in_between(*given: Any, **named: Any) -> Any:
        others.append(in_thread(deactivate))
        others[0].join(0.5)
        return work(*given, **named)

    work = User.save
    monkeypatch.setattr(User, "save", in_between)
    new = "another-long-password"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/admin/password_change/", form).status_code == 302
    monkeypatch.undo()
    others[0].join(10)
    with in_tenant(acme):
        user = User.objects.get(pk=pk)
    assert (user.is_active, user.check_password(new)) == (False, True)
