"""A new key of the ring: all that is stored is sealed anew, and doctor says what is left."""

import base64
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from delivery.models import ProviderAccount
from signalbus.doctor import secrets as area
from signalbus.doctor.findings import State
from signalbus.resealing import Opens, opens, secrets
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import PlatformAccount
from tenants.operators import logins, two_factor
from tenants.operators.models import Authenticator
from tests.door import Api
from tests.make import make_account, make_key, make_platform_account

FORMER, NEW = [f"{name}:{base64.b64encode(name.encode() * 32).decode()}" for name in "fn"]
KEPT = {"password": "hunter2"}


@pytest.fixture
def stored(acme: TenantIdentity, settings: Any) -> TenantIdentity:
    """One of each kind, sealed with the former key."""
    settings.ENCRYPTION_KEYS = [FORMER]
    make_account(acme, "smtp", name="SMTP", credentials=KEPT)
    make_platform_account("smtp", name="Relay", credentials=KEPT)
    with in_tenant(acme):
        logins.create_operator("olga", "a-long-enough-password")
        two_factor.start(get_user_model().objects.get().pk)
    new_key = {"name": "shop", "mode": "test", "scopes": ["read"]}
    api = Api(make_key(acme))
    assert api.post("/api-keys", new_key, **{"Idempotency-Key": "k"}).status == 201
    return acme


def run() -> str:
    told = StringIO()
    call_command("reseal_secrets", stdout=told)
    return told.getvalue()


def test_all_that_is_stored_is_sealed_with_the_new_key(
    stored: TenantIdentity, settings: Any
) -> None:
    settings.ENCRYPTION_KEYS = [NEW, FORMER]
    assert [opens(each) for each in secrets()] == [Opens.OLDER] * 4
    assert "Sealed anew: 4." in run()
    settings.ENCRYPTION_KEYS = [NEW]
    assert "Sealed anew: 0." in run()
    assert PlatformAccount.objects.get().credentials == KEPT
    with in_tenant(stored):
        assert ProviderAccount.objects.get().credentials == KEPT
        assert Authenticator.objects.get().bin_key


def test_doctor_says_which_key_is_needed_still(stored: TenantIdentity, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [NEW, FORMER]
    (old,) = area.probe()
    assert (old.state, "reseal_secrets" in old.next_step) == (State.WARN, True)
    assert "an older key of the ring opens 4 secrets: platform: the account Relay" in old.says
    run()
    (done,) = area.probe()
    assert (done.state, "opens 4 secrets" in done.says) == (State.OK, True)


def test_a_key_that_is_missing_is_told_with_what_it_would_open(
    stored: TenantIdentity, settings: Any
) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    (closed,) = area.probe()
    assert closed.state is State.FAIL
    assert "acme: the second factor of olga" in closed.says
    with pytest.raises(CommandError, match="acme: the account SMTP"):
        run()


def test_a_first_key_with_too_long_an_id_seals_nothing(
    stored: TenantIdentity, settings: Any
) -> None:
    key = NEW.partition(":")[2]
    settings.ENCRYPTION_KEYS = [f"production-2026x:{key}", FORMER]
    with pytest.raises(CommandError, match="'production-2026x' of the first key has 16 characters"):
        run()
    assert [opens(each) for each in secrets()] == [Opens.OLDER] * 4


def test_the_longest_id_fits_everywhere(stored: TenantIdentity, settings: Any) -> None:
    key = NEW.partition(":")[2]
    settings.ENCRYPTION_KEYS = [f"production-2026:{key}", FORMER]
    assert "Sealed anew: 4." in run()
    with in_tenant(stored):
        assert Authenticator.objects.get().bin_key
