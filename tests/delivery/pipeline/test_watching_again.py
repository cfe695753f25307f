"""Watches and what else happens to a delivery: cancelled, redriven, handled twice or in vain."""

from typing import Any
from uuid import UUID

import pytest

from delivery.pipeline import fall_ways
from delivery.pipeline import watches as watches_module
from delivery.pipeline.watching import Fall, Watched
from notifications.models import Delivery
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import Line, settle
from tests.delivery.pipeline.watch_kit import (
    ANA,
    greet,
    make_watching,
    sent,
    states,
    watches,
    work,
)
from tests.door import Api
from tests.make import make_account, make_policy


def test_cancel_takes_the_watches_of_what_was_sent_along(api: Api, line: Line) -> None:
    make_policy(line.tenant, channels=("email", "sms"), watch_seconds=60)
    make_account(line.tenant, name="another", position=5)
    notification = greet(api)
    line.deliver()
    assert len(watches()) == 1
    assert api.post(f"/notifications/{notification}/cancel").status == 200
    assert not OutboxEntry.objects.exists()
    assert sorted(states(line)) == [("email", "sent"), ("sms", "cancelled")]


def test_cancel_of_what_fell_over(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    notification = greet(api)
    sent(line)
    line.deliver()
    assert api.post(f"/notifications/{notification}/cancel").status == 200
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "cancelled")]


def test_a_watch_says_nothing_of_what_a_redrive_has_sent(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", position=5)
    make_watching(line.tenant)
    notification = greet(api)
    sent(line, then=1)
    stale = watches()[0].id
    with in_tenant(line.tenant):
        Delivery.objects.update(status="bounced")
    assert api.post(f"/notifications/{notification}/redrive").status == 202
    line.deliver()
    assert len(watches()) == 2
    OutboxEntry.objects.filter(id=stale).update(available_at="2020-01-01T00:00Z")
    work(line, "email")
    assert len(line.provider.sent) == 2
    assert [watch.tries for watch in watches()] == [2]


def test_a_worker_that_dies_with_it_leaves_it_to_the_next(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    lost = line.publish()
    for queue in line.queues.values():
        queue.waiting.clear()
    line.pass_time(200)
    work(line)
    for envelope in lost:
        line.queues["email.normal"].put(envelope)
    work(line)
    settle(line.worker())
    assert states(line) == [("email", "sent"), ("sms", "sent")]
    assert len(line.provider.sent) == 2


def test_a_message_that_comes_twice_is_handled_once(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    (envelope,) = line.publish()
    line.queues["email.normal"].put(envelope)
    settle(line.worker())
    line.queues["email.normal"].put(envelope)
    settle(line.worker())
    assert states(line) == [("email", "sent"), ("sms", "queued")]


def test_one_that_raises_is_given_up_and_harms_no_other(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_watching(line.tenant, ["sms"])
    bad, good = (greet(api, {**ANA, "id": name}) for name in ("bad", "good"))
    sent(line)

    def way_of(watched: Watched, *known: Any) -> Fall | None:
        if str(watched.notification) == bad:
            raise ValueError("a bug")
        return fall_ways.way_of(watched, *known)

    monkeypatch.setattr(watches_module, "way_of", way_of)
    for _ in range(3):
        work(line)
        line.pass_time(10)
    assert not OutboxEntry.objects.filter(purpose="watch", delivery=line.delivery(bad).id).exists()
    with in_tenant(line.tenant):
        assert Delivery.objects.get(channel="sms").notification_id == UUID(good)


def test_each_tenant_s_own(api: Api, globex_api: Api, globex: TenantIdentity, line: Line) -> None:
    make_account(globex)
    make_account(globex, channel="sms")
    make_watching(line.tenant, ["sms"])
    make_watching(globex, ["sms"])
    greet(api)
    greet(globex_api)
    sent(line)
    work(line)
    for tenant in (line.tenant, globex):
        with in_tenant(tenant):
            assert Delivery.objects.count() == 2
    assert len(line.provider.sent) == 4
