"""An account that takes long delays only itself: not the quick one in the same worker."""

import time
from typing import Any

import pytest

from delivery.pipeline import bulkhead
from notifications.models import Delivery
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import Fleet, Line, settle, until
from tests.door import Api
from tests.make import make_account

PLACES = 8
SHARE = 2  # of them, which a slow account holds while a quick one is about
SLOW_SECONDS = 0.1


@pytest.fixture
def neighbours(
    fleet_line: Line, fleet: Fleet, globex: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> Line:
    """acme's account is quick, and globex's is slow after its first message."""
    monkeypatch.setattr(bulkhead, "SLOW_SECONDS", SLOW_SECONDS)
    make_account(fleet_line.tenant, name="quick")
    make_account(globex, name="slow")
    return fleet_line


def accept(api: Api, count: int) -> None:
    items = [
        {"channel": "email", "to": f"user{number}@example.org", "subject": "s", "text": "Hello"}
        for number in range(count)
    ]
    assert api.post("/notifications/batch", {"items": items}).body["accepted"] == count


def sent(tenant: TenantIdentity) -> int:
    with in_tenant(tenant):
        return Delivery.objects.filter(status="sent").count()


def become_slow(line: Line, fleet: Fleet, worker: Any, apis: tuple[Api, Api]) -> None:
    """Both are known; then the slow one no longer answers."""
    for each in apis:
        accept(each, 1)
    line.publish()
    settle(worker)
    fleet["slow"].gate.clear()


def drain(line: Line, worker: Any, count: int) -> None:
    """Until so many are sent; what the worker sets aside on a busy machine is published anew."""
    ends = time.monotonic() + 30
    while sent(line.tenant) < count:
        assert time.monotonic() < ends, "the quick one stands still"
        line.publish()
        worker.step()


def test_the_quick_one_goes_on_and_the_slow_one_holds_its_share(
    api: Api, globex_api: Api, neighbours: Line, fleet: Fleet, globex: TenantIdentity
) -> None:
    worker = neighbours.worker(max_in_flight=PLACES)
    become_slow(neighbours, fleet, worker, (api, globex_api))
    accept(api, 1)  # a quick one is about, but the slow one is not known as slow as yet
    accept(globex_api, 100)
    neighbours.publish()
    until(lambda: fleet.calls("slow") > SHARE, worker)
    time.sleep(SLOW_SECONDS)
    accept(api, 300)
    drain(neighbours, worker, 302)
    assert sent(globex) == 1
    assert fleet.calls("slow") <= 1 + PLACES * bulkhead.SHARE
    fleet["slow"].gate.set()
    for _ in range(20):
        neighbours.pass_time(3)
        neighbours.publish()
        settle(worker, 1000)
    assert sent(globex) == 101


def test_what_waits_for_the_slow_one_uses_up_no_try_and_keeps_its_place(
    api: Api, globex_api: Api, neighbours: Line, fleet: Fleet, globex: TenantIdentity
) -> None:
    worker = neighbours.worker(max_in_flight=PLACES)
    become_slow(neighbours, fleet, worker, (api, globex_api))
    accept(globex_api, 100)
    due = dict(OutboxEntry.objects.values_list("id", "available_at"))
    neighbours.publish()
    until(lambda: OutboxEntry.objects.filter(reason="busy").exists(), worker)
    held = OutboxEntry.objects.filter(reason="busy")
    assert {entry.tries for entry in held} == {0}
    assert {entry.published for entry in held} == {False}
    assert all(entry.available_at <= due[entry.id] for entry in held)
    fleet["slow"].gate.set()
    settle(worker, 1000)
