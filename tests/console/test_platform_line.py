"""Who waits for what, as the platform's console tells it."""

from datetime import timedelta

from django.test import Client

from signalbus.bus import lines
from signalbus.bus.all_lines import longest_waiting
from signalbus.bus.models import OutboxEntry
from tenants import suspension
from tenants.identity import TenantIdentity
from tests.bus.line import change, claimed, database_now, published, put, statements

PAGE = "/admin/bus/outboxentry/what-waits/"


def test_lines_are_told_with_their_reasons(
    platform: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    put(3, tenant=acme.id)
    put(1, tenant=globex.id, stream="sms.high")
    suspension.suspend(acme.id, "The invoice of May is open.")
    lines.pause("email.bulk", globex.id, "guard", "Too much bounced.")
    page = platform.get(PAGE).content.decode()
    for words in ("The invoice of May is open.", "Too much bounced.", "its turn", "sms.high"):
        assert words in page
    assert "nothing in them" in page


def test_an_empty_line_is_told(platform: Client) -> None:
    assert b"The line is empty" in platform.get(PAGE).content


def test_figures_of_a_line(acme: TenantIdentity) -> None:
    old = put(2, tenant=acme.id)
    change(old[:1], available_at=database_now() - timedelta(hours=1))
    put(4, tenant=acme.id, available_at=database_now() + timedelta(hours=1))
    published(3, tenant=acme.id)
    claimed(tenant=acme.id)
    (line,) = longest_waiting(10)
    assert (line.due, line.in_kafka, line.under_way) == (2, 3, 1)
    assert line.oldest == OutboxEntry.objects.get(id=old[0]).available_at


def test_those_that_wait_longest_come_first_and_only_so_many(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    change(put(1, tenant=globex.id), available_at=database_now() - timedelta(hours=2))
    change(put(1, tenant=acme.id), available_at=database_now() - timedelta(hours=1))
    put(5, tenant=acme.id, stream="email.bulk")
    assert [line.tenant_id for line in longest_waiting(2)] == [globex.id, acme.id]


def test_it_takes_one_statement(acme: TenantIdentity) -> None:
    for stream in ("email.bulk", "sms.bulk"):
        put(2, tenant=acme.id, stream=stream)
    with statements() as seen:
        longest_waiting(10)
    assert len(seen) == 1
