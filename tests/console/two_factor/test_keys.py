"""The keys under which second factors are sealed, and that nothing shows what is sealed."""

from base64 import b32decode, b64encode
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators.models import Authenticator
from tests.console.conftest import PASSWORD
from tests.console.two_factor.steps import (
    CODE,
    PAGE,
    SECURITY,
    STEP,
    begun,
    code_of,
    half_way,
    is_in,
    set_up,
)
from tests.tenants.audit.logged import entries, last

NEW, FORMER = f"new:{b64encode(b'n' * 32).decode()}", f"old:{b64encode(b'o' * 32).decode()}"


def test_a_rotated_key_lets_everybody_in_and_may_go_then(
    console: Client, acme: TenantIdentity, clock: Any, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [FORMER]
    secret, _ = set_up(console, clock)
    settings.ENCRYPTION_KEYS = [NEW, FORMER]
    assert half_way().post(CODE, {"code": code_of(secret)}).status_code == 302
    with in_tenant(acme):
        assert Authenticator.objects.get().key.startswith("new:")
    settings.ENCRYPTION_KEYS = [NEW]
    clock.shift(STEP)
    assert half_way().post(CODE, {"code": code_of(secret)}).status_code == 302


def test_without_the_key_a_recovery_code_lets_in(
    console: Client, clock: Any, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [FORMER]
    secret, codes = set_up(console, clock)
    settings.ENCRYPTION_KEYS = [NEW]
    client = half_way()
    told = client.post(CODE, {"code": code_of(secret)})
    assert (told.status_code, b"Use a recovery code" in told.content) == (200, True)
    assert client.post(CODE, {"code": codes[0]}).status_code == 302
    assert is_in(client)


def test_one_that_waits_for_its_code_and_cannot_be_opened_is_begun_anew(
    console: Client, clock: Any, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [FORMER]
    begun(console)
    settings.ENCRYPTION_KEYS = [NEW]
    assert console.get(PAGE).status_code == 200
    secret = begun(console)
    assert console.post(PAGE, {"act": "confirm", "code": code_of(secret)}).context["codes"]


def test_without_a_key_ring_it_says_so(console: Client, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = []
    told = console.post(PAGE, {"act": "start", "password": PASSWORD})
    assert b"The key ring is empty" in told.content


def test_a_key_with_too_long_a_name_is_told(console: Client, settings: Settings) -> None:
    name, _, key = settings.ENCRYPTION_KEYS[0].partition(":")
    settings.ENCRYPTION_KEYS = [f"{name}{'x' * 20}:{key}"]
    told = console.post(PAGE, {"act": "start", "password": PASSWORD})
    assert b"too long a name" in told.content


def test_a_seal_of_acme_opens_nowhere_else(console: Client, acme: TenantIdentity) -> None:
    begun(console)
    with in_tenant(acme):
        device = Authenticator.objects.get()
    connection.set_schema_to_public()
    with pytest.raises(Exception, match="does not open"):
        _ = device.bin_key


def test_nothing_is_kept_that_shows_codes(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    secret, codes = set_up(console, clock)
    with in_tenant(acme):
        kept = TOTPDevice.objects.get().key
        tokens = set(StaticToken.objects.values_list("token", flat=True))
    assert kept.startswith("dev1:") or ":" in kept
    assert b32decode(secret).hex() not in kept
    assert not tokens & {code.replace("-", "")[:16] for code in codes}


def test_the_log_tells_of_it_and_of_nothing_secret(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    secret, codes = set_up(console, clock)
    half_way().post(CODE, {"code": "000000"})
    console.post(SECURITY, {"require": "yes"})
    console.post(PAGE, {"act": "off", "password": PASSWORD})
    told = [
        (entry.object_repr, entry.additional_data["act"], entry.changes) for entry in entries(acme)
    ]
    changed = [change for name, act, change in told if name == "olga" and act == "change"]
    assert any("second factor: confirmed" in change for change in changed)
    assert any(change.get("second factor: confirmed") == [True, None] for change in changed)
    assert any("recovery codes: name" in change for change in changed)
    assert last(acme, act="log in refused").additional_data["detail"].startswith("The code")
    assert any("two_factor_required" in (change or {}) for _, _, change in told)
    said = str([(entry.changes, entry.additional_data) for entry in entries(acme)])
    with in_tenant(acme):
        sealed = list(Authenticator.objects.values_list("key", flat=True))
    assert not any(each in said for each in [secret, *codes, *sealed])
