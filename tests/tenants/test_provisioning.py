"""New tenants are ready at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from signalbus.bus import lines
from templates_app.models import Template
from tenants import identity, provisioning, suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity, UnknownTenantError
from tenants.migrated import current_migrations
from tenants.models import Domain, State, Tenant
from tenants.provisioning import ProvisioningError, create_tenant, ensure_spares


@pytest.fixture(autouse=True)
def _no_leftovers(database: None) -> None:
    drop_spares()


def drop_spares() -> None:
    for spare in Tenant.objects.filter(state=State.SPARE):
        spare.delete(force_drop=True)


def tables_in(schema: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {name for (name,) in cursor.fetchall()}


def test_a_tenant_with_a_spare_is_ready_in_under_a_second() -> None:
    assert ensure_spares(1) == 1
    begun = time.perf_counter()
    tenant = create_tenant("initech", "initech.localhost", default_locale="fr")
    assert time.perf_counter() - begun < 1
    assert (tenant.state, tenant.default_locale) == (State.ACTIVE, "fr")
    assert {"notifications_notification", "auth_user"} <= tables_in(tenant.schema)
    with in_tenant(tenant):
        assert Template.objects.exists()


def test_tenants_made_at_the_same_time_take_different_spares() -> None:
    ensure_spares(3)

    def make(number: int) -> TenantIdentity:
        try:
            return create_tenant(f"rush-{number}", f"rush-{number}.localhost")
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(make, range(3)))
    assert len({tenant.schema for tenant in made}) == 3
    assert not Tenant.objects.filter(state=State.SPARE).exists()


def test_without_a_spare_one_is_prepared_on_the_spot() -> None:
    tenant = create_tenant("initech", "initech.localhost")
    assert "delivery_attempt" in tables_in(tenant.schema)
    assert Domain.objects.get(tenant_id=tenant.id).domain == "initech.localhost"


def test_spares_are_hidden() -> None:
    ensure_spares(1)
    spare = Tenant.objects.get(state=State.SPARE)
    assert spare not in Tenant.objects.served()
    assert identity.by_ids([spare.id]) == {}
    with pytest.raises(UnknownTenantError):
        identity.by_schema(spare.schema_name)


def test_a_spare_with_old_migrations_is_not_taken_but_brought_up_to_date() -> None:
    ensure_spares(1)
    Tenant.objects.filter(state=State.SPARE).update(migrations="old")
    assert ensure_spares(1) == 1
    assert Tenant.objects.get(state=State.SPARE).migrations == current_migrations()


def test_migrating_everything_covers_spares_and_notes_it() -> None:
    ensure_spares(1)
    Tenant.objects.filter(state=State.SPARE).update(migrations="old")
    call_command("migrate_schemas", verbosity=0)
    assert Tenant.objects.get(state=State.SPARE).migrations == current_migrations()


def test_a_spare_cut_short_is_migrated_but_not_taken_before_it_is_complete() -> None:
    Tenant.objects.create(schema_name="t_cut_short", state=State.SPARE)
    call_command("migrate_schemas", verbosity=0)
    assert "delivery_attempt" in tables_in("t_cut_short")
    assert ensure_spares(1) == 1
    with in_tenant(create_tenant("initech", "initech.localhost")) as tenant:
        assert tenant.schema == "t_cut_short"
        assert Template.objects.exists()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"name": "acme"}, "named acme exists"),
        ({"domain": "acme.localhost"}, "belongs to the tenant acme"),
        ({"name": "A B"}, "Use a-z"),
        ({"domain": "https://x.org"}, "is no host name"),
        ({"domain": "x.org\n"}, "is no host name"),
        ({"domain": "localhost"}, "is the installation's own"),
        ({"domain": "127.0.0.1"}, "is the installation's own"),
        ({"default_locale": "english"}, "is no locale"),
        ({"time_zone": "Mars/Base"}, "is no time zone"),
    ],
)
def test_what_cannot_be_made_is_said(wish: dict[str, str], words: str) -> None:
    asked = {"name": "initech", "domain": "initech.localhost", **wish}
    with pytest.raises(ProvisioningError, match=words):
        create_tenant(**asked)
    assert set(Tenant.objects.served().values_list("name", flat=True)) == {"acme", "globex"}


def test_only_one_process_makes_spares() -> None:
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [provisioning.SPARES_LOCK])
        assert ensure_spares(1) == 0
    finally:
        holder.close()


def test_suspending_pauses_every_line_and_resuming_opens_them(acme: TenantIdentity) -> None:
    line = ("email.high", acme.id)
    suspension.suspend(acme.id, "unpaid")
    assert lines.pauses([line]) == {line}
    assert identity.by_ids([acme.id])[acme.id].suspension_reason == "unpaid"
    suspension.resume(acme.id)
    assert lines.pauses([line]) == set()
    assert identity.by_ids([acme.id])[acme.id].state == State.ACTIVE


def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_tenant", "initech", domain="initech.localhost")
    call_command("create_tenant", "initech", domain="initech.localhost", if_missing=True)
    with pytest.raises(CommandError, match="exists already"):
        call_command("create_tenant", "initech", domain="other.localhost")
    call_command("create_api_key", "initech", scopes="send,read", mode="test")
    assert "sb_test_" in capsys.readouterr().out
    call_command("create_operator", "initech", "milton")
    call_command("suspend_tenant", "initech", reason="red stapler")
    assert identity.by_name("initech").is_suspended
    call_command("resume_tenant", "initech")
    with pytest.raises(CommandError, match="No tenant has"):
        call_command("create_api_key", "nobody")
    with pytest.raises(CommandError, match="--scopes takes"):
        call_command("create_api_key", "initech", scopes="fly")
    with pytest.raises(CommandError, match="too short"):
        call_command("create_operator", "initech", "bill", password="short")
