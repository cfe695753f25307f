"""Redrives of many: at a rate, at once with others, page after page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from delivery import redrives
from delivery.models import RedrivenDelivery
from delivery.redrives import Order, RedriveFilter
from notifications import policies
from notifications.models import Delivery
from signalbus.bus.models import OutboxEntry
from tenants import identity
from tenants.context import in_tenant
from tenants.schemas import count_statements
from tests.delivery.history_rows import make_sent
from tests.delivery.redrive_kit import TOPIC, again, make_dead
from tests.door import Api


def test_a_rate_spaces_what_comes_due_and_the_deadlines(api: Api, acme: Any):
    rows = [make_dead(acme) for _ in range(4)]
    api.post("/redrives", {**TOPIC, "rate_per_second": 0.5})
    entries = OutboxEntry.objects.filter(id__in=[row.id for row in rows]).order_by("id")
    times = [entry.available_at for entry in entries]
    assert [time - times[0] for time in times] == [timedelta(seconds=2 * n) for n in range(4)]
    deadlines = [again(acme, row).deadline for row in rows]
    assert [deadline - deadlines[0] for deadline in deadlines] == [
        timedelta(seconds=2 * n) for n in range(4)
    ]
    assert {entry.reason for entry in entries} == {"redrive"}


def test_two_at_once_take_each_delivery_once(acme: Any):
    rows = [make_dead(acme) for _ in range(40)]

    def run(_: int) -> int:
        try:
            with in_tenant(acme):
                order = Order.of(mode="live", actor="x", wanted=RedriveFilter(channel="email"))
                return redrives.begin(order).counted.count
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(run, range(4)))
    assert sorted(counts) == [0, 0, 0, 40]
    assert OutboxEntry.objects.filter(id__in=[row.id for row in rows]).count() == 40
    with in_tenant(acme):
        assert RedrivenDelivery.objects.count() == 40
        assert set(Delivery.objects.values_list("redrives", flat=True)) == {1}


def test_statements_do_not_depend_on_the_number(acme: Any):
    counts = []
    identity.by_schema(acme.schema)
    for size in (1, 30):
        for _ in range(size):
            make_dead(acme)
        with in_tenant(acme):
            policies.by_topic()  # kept for a moment, as in a process that has work
        with in_tenant(acme), count_statements() as counted:
            order = Order.of(mode="live", actor="x", wanted=RedriveFilter(status="dead"))
            begun = redrives.begin(order)
        with in_tenant(acme), count_statements() as stopping:
            redrives.stop("live", begun.redrive.id, "x")
            Delivery.objects.update(status="sent")
        counts.append((counted.total, stopping.total))
    assert counts[0] == counts[1]


def test_pages_join(acme: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("delivery.redrives.beginning.PAGE", 3)
    for _ in range(7):
        make_sent(acme, status="dead")
    with in_tenant(acme):
        order = Order.of(mode="live", actor="x", wanted=RedriveFilter(status="dead"), rate=10)
        assert redrives.begin(order).counted.count == 7
    times = sorted(OutboxEntry.objects.values_list("available_at", flat=True))
    assert times[-1] - times[0] == timedelta(seconds=0.6)
