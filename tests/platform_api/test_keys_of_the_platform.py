"""The platform's own keys at the door: what they open, and what is said where they do not."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from signalbus.core.scrubbing import scrub
from tenants import keys, platform_keys
from tenants.identity import TenantIdentity
from tenants.models import PlatformKey
from tests.door import Api
from tests.make import make_key
from tests.platform_api.conftest import PlatformApi

pytestmark = pytest.mark.usefixtures("database")
NEXT_STEP = "manage.py create_platform_key"


def test_a_key_holds_enough_chance_and_only_its_digest_is_kept() -> None:
    new = platform_keys.create_key("a")
    assert platform_keys.is_well_formed(new.secret)
    row = PlatformKey.objects.get()
    assert new.secret not in repr(row.__dict__)
    assert bytes(row.digest) == keys.digest_of(new.secret)


def test_a_tenants_key_opens_nothing_here(acme: TenantIdentity) -> None:
    refused = PlatformApi(make_key(acme)).get("/tenants")
    assert (refused.status, refused.kind) == (401, "unauthenticated")
    assert "opens /api/v1" in refused.body["detail"]
    assert NEXT_STEP in refused.body["detail"]


def test_a_platforms_key_opens_nothing_of_a_tenant(acme: TenantIdentity) -> None:
    refused = Api(platform_keys.create_key("a").secret).get("/notifications")
    assert (refused.status, refused.kind) == (401, "unauthenticated")
    assert "/api/platform/v1" in refused.body["detail"]


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        (None, "Bearer sb_platform_…"),
        ("nonsense", "begin with `sb_platform_`"),
        (f"sb_platform_{'x' * 32}", "unknown"),
    ],
)
def test_what_is_no_key_is_refused_with_the_next_step(secret: str | None, words: str) -> None:
    refused = PlatformApi(secret).get("/tenants")
    assert refused.status == 401
    assert words in refused.body["detail"]


def test_a_revoked_key_and_an_expired_one_are_told_to_their_owner() -> None:
    new = platform_keys.create_key("a")
    assert PlatformApi(new.secret).get("/tenants").status == 200
    platform_keys.revoke(new.key)
    assert "was revoked at" in PlatformApi(new.secret).get("/tenants").body["detail"]
    brief = platform_keys.create_key("b", timezone.now() + timedelta(hours=1))
    assert PlatformApi(brief.secret).get("/tenants").status == 200
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert "has expired" in PlatformApi(brief.secret).get("/tenants").body["detail"]


def test_the_last_use_is_noted_to_the_minute(platform: PlatformApi) -> None:
    platform.get("/tenants")
    first = PlatformKey.objects.get().last_used_at
    assert first is not None
    platform.get("/tenants")
    assert PlatformKey.objects.get().last_used_at == first


def test_wrong_keys_of_one_address_are_slowed(settings: Settings) -> None:
    settings.LIMITS = {"wrong_keys_per_minute": 2}
    answers = [PlatformApi(f"wrong-{number}").get("/tenants") for number in range(4)]
    assert [answer.status for answer in answers][-1] == 429
    assert answers[-1].headers["Retry-After"]


def test_keys_are_kept_out_of_logs() -> None:
    secret = platform_keys.create_key("a").secret
    assert secret[20:] not in scrub(f"with {secret}.")


def test_a_command_makes_a_key_and_another_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_platform_key", "--name", "portal", "--expires", "2099-01-01")
    secret = capsys.readouterr().out.strip()
    assert PlatformApi(secret).get("/tenants").status == 200
    row = PlatformKey.objects.get()
    assert (row.name, row.expires_at and row.expires_at.year) == ("portal", 2099)
    call_command("revoke_platform_key", row.prefix)
    assert PlatformApi(secret).get("/tenants").status == 401
    with pytest.raises(CommandError, match="No key of the platform"):
        call_command("revoke_platform_key", "sb_platform_none")
    with pytest.raises(CommandError, match="past"):
        call_command("create_platform_key", "--expires", "2001-01-01", stdout=io.StringIO())
