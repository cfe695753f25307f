"""Without a receipt the next account sends it again, once."""

from delivery.models import ProviderAccount
from notifications.models import Delivery
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Fleet, Line
from tests.delivery.pipeline.watch_kit import (
    greet,
    make_two,
    make_watching,
    sent,
    watches,
    work,
)
from tests.door import Api
from tests.make import make_account, make_policy


def test_without_a_receipt_the_next_account_sends_it_again(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    sent(fleet_line)
    assert fleet.calls("second") == 0
    work(fleet_line, "email")
    (first,), (second,) = fleet["first"].sent, fleet["second"].sent
    assert (first.possibly_repeated, second.possibly_repeated) == (False, True)
    assert first.key == second.key
    delivery = fleet_line.delivery()
    assert (delivery.status, delivery.fell_over, delivery.attempts) == ("sent", True, 2)
    assert fleet_line.notification().status == "sent"


def test_it_is_queued_anew_meanwhile(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    sent(fleet_line)
    before = fleet_line.delivery()
    fleet_line.deliver()
    delivery = fleet_line.delivery()
    assert (delivery.status, delivery.settled_at) == ("queued", None)
    assert before.deadline is not None
    assert delivery.deadline is not None
    assert delivery.deadline > before.deadline
    assert fleet_line.notification().status == "queued"
    entry = fleet_line.entry()
    assert entry is not None
    assert (entry.id, entry.purpose, entry.delivery) == (delivery.id, "send", delivery.id)
    assert not watches()


def test_it_falls_over_once(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    for _ in range(3):
        work(fleet_line, "email")
        fleet_line.pass_time(60)
    assert (fleet.calls("first"), fleet.calls("second")) == (1, 1)
    assert not OutboxEntry.objects.exists()


def test_an_sms_goes_again_by_another_account_too(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    for position, name in enumerate(("first", "second")):
        make_account(fleet_line.tenant, name=name, channel="sms", position=position)
    make_policy(fleet_line.tenant, channels=("sms",), watch_seconds=60)
    greet(api)
    work(fleet_line, "sms")
    fleet_line.pass_time(60)
    work(fleet_line, "sms")
    assert [message.possibly_repeated for message in fleet["second"].sent] == [True]


def test_an_account_that_a_redrive_named_has_no_other(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    sent(fleet_line)
    with in_tenant(fleet_line.tenant):
        first = ProviderAccount.objects.get(name="first")
        Delivery.objects.update(wanted_account=first.id)
    work(fleet_line, "email")
    assert fleet.calls("second") == 0
    assert fleet_line.delivery().status == "sent"
