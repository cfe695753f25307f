"""Tenants that are deleted: with a grace time, all of them, and nobody else's anything."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from psycopg import sql
from pytest_django import Settings

from signalbus.bus import lines
from signalbus.bus.models import LinePause, OutboxEntry
from tenants import deleting, doors, identity, provisioning, removal, suspension
from tenants.alone import alone
from tenants.context import in_tenant
from tenants.deleting import DeletingError
from tenants.identity import TenantIdentity
from tenants.models import State, Tenant
from tests.api.test_isolation import state_of
from tests.bus.line import change, claimed, put
from tests.console.everything import fill
from tests.door import Api
from tests.make import make_account, make_key, make_policy

COLUMNS = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY table_name
"""


@pytest.fixture
def doomed(database: None) -> Iterator[TenantIdentity]:
    """A tenant of its own, with something in every table."""
    tenant = provisioning.create_tenant("doomed", "doomed.localhost")
    fill(tenant, "doomed")
    doors.open_door(make_account(tenant, name="door").id, tenant.id)
    put(3, tenant=tenant.id)
    lines.set_weight("email.bulk", tenant.id, 4)
    lines.pause("sms.bulk", tenant.id, "guard")
    yield tenant
    Tenant.objects.filter(id=tenant.id).delete()


def in_thread(work: Callable[[], object]) -> Thread:
    """Work of another process, begun."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def later(**time: float) -> datetime:
    return timezone.now() + timedelta(**time)


def schemas(beginning: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", [beginning]
        )
        return [name for (name,) in cursor.fetchall()]


def rows_of(tenant: TenantIdentity) -> dict[str, int]:
    """How many rows of the public schema name the tenant, by table."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for (table,) in cursor.fetchall():
            count = sql.SQL("SELECT count(*) FROM public.{} WHERE tenant_id = %s")
            cursor.execute(count.format(sql.Identifier(table)), [tenant.id])
            found[table] = cursor.fetchone()[0]
    return found


def delete_now(tenant: TenantIdentity) -> None:
    deleting.begin(tenant.id)
    assert removal.delete_due(later(seconds=20)) == 1


def test_a_tenant_is_suspended_until_its_time_is_over(
    acme: TenantIdentity, settings: Settings
) -> None:
    settings.DELETE_AFTER_DAYS = 3
    ending = deleting.schedule(acme.id)
    assert ending.delete_at is not None
    assert later(days=2.9) < ending.delete_at < later(days=3.1)
    assert identity.by_name("acme").is_suspended
    assert lines.pauses([("email.high", acme.id)])
    refused = Api(make_key(acme)).get("/usage")
    assert (refused.status, "to be deleted" in refused.body["detail"]) == (403, True)
    assert deleting.schedule(acme.id).delete_at == ending.delete_at
    assert removal.delete_due(later(days=2)) == 0
    assert Tenant.objects.get(id=acme.id).state == State.SUSPENDED


def test_a_deletion_is_taken_back(acme: TenantIdentity) -> None:
    deleting.schedule(acme.id)
    deleting.take_back(acme.id)
    assert not identity.by_name("acme").is_suspended
    assert not lines.pauses([("email.high", acme.id)])
    assert removal.delete_due(later(days=99)) == 0


def test_whoever_was_suspended_before_stays_so(acme: TenantIdentity) -> None:
    suspension.suspend(acme.id, "unpaid")
    deleting.schedule(acme.id)
    assert "deleted" in identity.by_name("acme").suspension_reason
    deleting.take_back(acme.id)
    assert identity.by_name("acme").suspension_reason == "unpaid"
    assert lines.pauses([("email.high", acme.id)])


def test_whoever_is_to_be_deleted_is_not_resumed(acme: TenantIdentity) -> None:
    deleting.schedule(acme.id)
    with pytest.raises(suspension.SuspensionError, match="take that back first"):
        suspension.resume(acme.id)
    suspension.suspend(acme.id, "unpaid")
    assert "deleted" in identity.by_name("acme").suspension_reason
    assert deleting.take_back(acme.id).suspension_reason == "unpaid"


def test_resuming_and_deleting_at_the_same_time_take_turns(
    acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody schedules the deletion after the resumption has looked, and before it writes."""
    suspension.suspend(acme.id, "unpaid")
    others: list[Thread] = []
    note = suspension.note

    def meanwhile(*given: Any, **named: Any) -> None:
        others.append(in_thread(lambda: deleting.schedule(acme.id)))
        others[0].join(0.5)
        note(*given, **named)

    monkeypatch.setattr(suspension, "note", meanwhile)
    suspension.resume(acme.id)
    others[0].join(10)
    tenant = Tenant.objects.get(id=acme.id)
    assert tenant.delete_at is not None
    assert (tenant.state, "to be deleted" in tenant.suspension_reason) == (State.SUSPENDED, True)
    assert lines.pauses([("email.high", acme.id)])


def test_once_begun_there_is_no_way_back_and_nobody_is_served(doomed: TenantIdentity) -> None:
    key = make_key(doomed)
    deleting.begin(doomed.id)
    assert Api(key).get("/usage").status == 403
    assert Api(None, "doomed.localhost")._client.get("/admin/").status_code == 404
    for act in (deleting.take_back, deleting.schedule, deleting.begin):
        with pytest.raises(DeletingError, match="no way back"):
            act(doomed.id)


def test_nothing_of_it_is_left_and_nobody_elses_is_touched(
    doomed: TenantIdentity, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    fill(globex, "globex")
    put(2, tenant=globex.id)
    before, table_rows = state_of(globex), rows_of(globex)
    assert rows_of(doomed)["bus_outboxentry"]
    deleting.schedule(doomed.id)
    removal.delete_due(later(days=15))
    assert removal.delete_due(later(days=16)) == 1
    assert not any(rows_of(doomed).values())
    assert not Tenant.objects.filter(id=doomed.id).exists()
    assert schemas(doomed.schema) == schemas(removal.GONE) == []
    assert (state_of(globex), rows_of(globex)) == (before, table_rows)
    again = provisioning.create_tenant("doomed", "doomed.localhost")
    assert again.schema != doomed.schema
    Tenant.objects.filter(id=again.id).delete()


def test_nothing_is_dropped_while_others_may_remember_it(doomed: TenantIdentity) -> None:
    deleting.begin(doomed.id)
    assert removal.finish(doomed.id, later(seconds=5)) is False
    assert schemas(doomed.schema) == [doomed.schema]
    assert removal.finish(doomed.id, later(seconds=20)) is True


def test_a_call_under_way_ends_before(doomed: TenantIdentity) -> None:
    entry, _ = claimed(tenant=doomed.id)
    deleting.begin(doomed.id)
    assert removal.delete_due(later(seconds=20)) == 0
    assert OutboxEntry.objects.filter(id=entry).exists()
    change([entry], available_at=later(seconds=-1))
    assert removal.delete_due(later(seconds=20)) == 1


def test_a_call_whose_worker_never_came_back_does_not_keep_it(doomed: TenantIdentity) -> None:
    """The relay publishes it again each time that it expires, and no worker of its channel runs."""
    entry, _ = claimed(tenant=doomed.id)
    deleting.begin(doomed.id)
    change([entry], claimed_at=later(minutes=-61), available_at=later(minutes=2))
    assert removal.delete_due(later(seconds=20)) == 1


@pytest.mark.parametrize("step", ["_empty_line", "_let_go", "_drop", "_drop_tables"])
def test_what_a_crash_left_is_finished(
    doomed: TenantIdentity, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Killed after its work in the middle of each step, and run once more."""
    deleting.begin(doomed.id)
    work = getattr(removal, step)

    def crash(*arguments: object) -> None:
        work(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(removal, step, crash)
    with pytest.raises(KeyboardInterrupt):
        removal.delete_due(later(seconds=20))
    monkeypatch.undo()
    removal.delete_due(later(seconds=20))
    assert not any(rows_of(doomed).values())
    assert not Tenant.objects.filter(id=doomed.id).exists()
    assert schemas(doomed.schema) == schemas(removal.GONE) == []


def test_one_tenants_error_leaves_the_others_work_done(
    doomed: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = provisioning.create_tenant("second", "second.localhost")
    for tenant in (doomed, second):
        deleting.begin(tenant.id)
    work = removal._let_go

    def fail(tenant_id: int) -> None:
        if tenant_id == doomed.id:
            raise RuntimeError("a lock")
        work(tenant_id)

    monkeypatch.setattr(removal, "_let_go", fail)
    assert removal.delete_due(later(seconds=20)) == 1
    assert Tenant.objects.filter(id=doomed.id).exists()
    assert not Tenant.objects.filter(id=second.id).exists()


def test_one_process_deletes_at_a_time(doomed: TenantIdentity) -> None:
    deleting.begin(doomed.id)
    with alone(removal.REMOVAL_LOCK) as is_mine:
        assert is_mine
        assert removal.delete_due(later(seconds=20)) == 0
    assert Tenant.objects.filter(id=doomed.id).exists()


def test_the_steps_are_small(doomed: TenantIdentity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "PAGE", 2)
    dropped: list[int] = []
    work = removal._drop_tables

    def note(schema: str, names: list[str]) -> None:
        dropped.append(len(names))
        work(schema, names)

    monkeypatch.setattr(removal, "_drop_tables", note)
    delete_now(doomed)
    assert len(dropped) > 3
    assert max(dropped) <= removal.TABLES


def test_migrations_go_on_meanwhile(doomed: TenantIdentity) -> None:
    deleting.begin(doomed.id)
    call_command("migrate_schemas", verbosity=0)
    assert Tenant.objects.get(id=doomed.id).state == State.DELETING


def test_the_command_asks_for_the_name_before_it_deletes_now(
    doomed: TenantIdentity, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deleting, "UNTIL_FORGOTTEN", timedelta())
    for typed in (None, "acme"):
        with pytest.raises(CommandError, match="--yes-delete doomed"):
            call_command("delete_tenant", "doomed", now=True, yes_delete=typed)
    assert not identity.by_name("doomed").is_suspended
    call_command("delete_tenant", "doomed", now=True, yes_delete="doomed")
    assert "doomed is deleted" in capsys.readouterr().out
    assert schemas(doomed.schema) == []
    with pytest.raises(CommandError, match="No tenant has"):
        call_command("delete_tenant", "doomed")


def test_the_command_gives_a_grace_time_and_takes_it_back(
    acme: TenantIdentity, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("delete_tenant", "acme")
    assert "--keep" in capsys.readouterr().out
    assert identity.by_name("acme").is_suspended
    call_command("delete_tenant", "acme", keep=True)
    assert not identity.by_name("acme").is_suspended


def test_a_tenant_in_use_is_deleted_all_the_same(doomed: TenantIdentity) -> None:
    """Rows that refer to each other, in both directions."""
    make_policy(doomed)
    with in_tenant(doomed):
        assert LinePause.objects.filter(tenant_id=doomed.id).exists()
    delete_now(doomed)
    assert schemas(doomed.schema) == []
