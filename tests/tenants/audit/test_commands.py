"""What a command changes and the entry of it stand or fall together."""

import io
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from auditlog.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.management import call_command

from signalbus.bus.models import Line
from tenants import platform_keys
from tenants.context import in_schema, in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey, PlatformAccount, PlatformKey, Tenant
from tests.make import make_key

Seen = Callable[[TenantIdentity], Any]


def users(acme: TenantIdentity) -> int:
    with in_tenant(acme):
        return get_user_model().objects.count()


def state(acme: TenantIdentity) -> Any:
    return Tenant.objects.values_list("state", "limits").get(id=acme.id)


CHANGES: dict[str, tuple[list[str], Seen]] = {
    "set_limits": (["acme", "sms_per_day=5"], state),
    "set_weight": (["acme", "email.bulk", "5"], lambda _: Line.objects.count()),
    "suspend_tenant": (["acme", "--reason", "unpaid"], state),
    "create_api_key": (["acme"], lambda _: ApiKey.objects.count()),
    "create_operator": (["acme", "vera"], users),
    "create_platform_key": (["--name", "ours"], lambda _: PlatformKey.objects.count()),
    "create_platform_account": (
        ["ours", "--kind", "simulator", "--channel", "email"],
        lambda _: PlatformAccount.objects.count(),
    ),
}


@pytest.fixture
def without_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be noted."""

    def fail(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError("The log is full.")

    monkeypatch.setattr(LogEntry, "save", fail)
    monkeypatch.setattr("sys.stdin", io.StringIO("{}"))


@pytest.mark.parametrize("command", CHANGES)
@pytest.mark.usefixtures("without_log")
def test_what_cannot_be_noted_is_not_done(acme: TenantIdentity, command: str) -> None:
    arguments, seen = CHANGES[command]
    with in_schema("public"):
        before = seen(acme)
        with pytest.raises(RuntimeError, match="The log is full"):
            call_command(command, *arguments, stdout=io.StringIO(), stderr=io.StringIO())
        assert seen(acme) == before


def test_a_keys_limits_too(acme: TenantIdentity, request: pytest.FixtureRequest) -> None:
    make_key(acme)
    key = ApiKey.objects.get()
    request.getfixturevalue("without_log")
    with pytest.raises(RuntimeError, match="The log is full"):
        call_command("set_limits", "acme", "sms_per_day=5", key=key.prefix)
    key.refresh_from_db()
    assert key.limits == {}


def test_revoking_a_key_of_the_platform_too(
    acme: TenantIdentity, request: pytest.FixtureRequest
) -> None:
    key = platform_keys.create_key("ours").key
    request.getfixturevalue("without_log")
    with pytest.raises(RuntimeError, match="The log is full"):
        call_command("revoke_platform_key", key.prefix)
    key.refresh_from_db()
    assert key.revoked_at is None
