"""Cancelling against whoever else is at work on the same deliveries."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from notifications.cancel import cancel
from notifications.models import Action, Delivery, Notification
from notifications.states import Status
from signalbus.api.problems import Problem
from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from signalbus.bus.outbox import Wanted
from signalbus.bus.purposes import Purpose
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.notifications.asking import counted, shipped


@pytest.fixture
def accepted(api: Api) -> UUID:
    moment = (timezone.now() + timedelta(hours=1)).isoformat()
    return UUID(api.post("/notify", shipped(send_at=moment)).body["id"])


def statuses(acme: TenantIdentity) -> dict[str, str]:
    with in_tenant(acme):
        rows = {row.channel: row.status for row in Delivery.objects.all()}
        return {**rows, "all": Notification.objects.get().status}


ALL_CANCELLED = {"email": "cancelled", "sms": "cancelled", "all": "cancelled"}
ALL_QUEUED = {"email": "queued", "sms": "queued", "all": "queued"}


def test_all_open_deliveries_are_cancelled(api: Api, acme: TenantIdentity, accepted: UUID) -> None:
    answer = api.post(f"/notifications/{accepted}/cancel")
    assert (answer.status, answer.body["status"]) == (200, "cancelled")
    assert statuses(acme) == ALL_CANCELLED
    assert not OutboxEntry.objects.exists()
    with in_tenant(acme):
        action = Action.objects.get()
        assert (action.verb, len(action.deliveries)) == ("cancel", 2)
        assert action.actor.startswith("key sb_live_")
        assert all(row.settled_at for row in Delivery.objects.all())


def test_the_cancelled_are_counted(acme: TenantIdentity, accepted: UUID) -> None:
    before = counted("sms", "cancelled")
    with in_tenant(acme):
        Delivery.objects.filter(channel="email").update(status=Status.DELIVERED)
        OutboxEntry.objects.filter(stream="email.normal").delete()
        cancel("live", accepted, "tests")
    assert counted("sms", "cancelled") == before + 1


def test_what_was_settled_stays_as_it_is(acme: TenantIdentity, accepted: UUID) -> None:
    with in_tenant(acme):
        email = Delivery.objects.get(channel="email")
        Delivery.objects.filter(id=email.id).update(status=Status.DELIVERED)
        OutboxEntry.objects.filter(id=email.id).delete()
        assert len(cancel("live", accepted, "tests")) == 1
    assert statuses(acme) == {"email": "delivered", "sms": "cancelled", "all": "delivered"}


@pytest.mark.parametrize(
    "under_way", [{"claim": new_id()}, {"purpose": Purpose.RECONCILE}], ids=["claim", "reconcile"]
)
def test_nothing_is_cancelled_while_a_delivery_is_under_way(
    api: Api, acme: TenantIdentity, accepted: UUID, under_way: dict[str, Any]
) -> None:
    first = OutboxEntry.objects.order_by("id")[0]
    OutboxEntry.objects.filter(id=first.id).update(**under_way)
    answer = api.post(f"/notifications/{accepted}/cancel")
    assert (answer.status, answer.kind, answer.body["state"]) == (409, "too-late", "sending")
    assert statuses(acme) == ALL_QUEUED
    assert OutboxEntry.objects.count() == 2


def test_nothing_open_is_too_late(api: Api, accepted: UUID) -> None:
    assert api.post(f"/notifications/{accepted}/cancel").status == 200
    answer = api.post(f"/notifications/{accepted}/cancel")
    assert (answer.status, answer.kind, answer.body["state"]) == (409, "too-late", "cancelled")


def test_another_mode_or_tenant_finds_nothing(
    test_api: Api, globex_api: Api, acme: TenantIdentity, accepted: UUID
) -> None:
    assert test_api.post(f"/notifications/{accepted}/cancel").status == 404
    assert globex_api.post(f"/notifications/{accepted}/cancel").status == 404
    assert statuses(acme) == ALL_QUEUED


def test_a_delivery_that_is_redriven_meanwhile_is_not_half_cancelled(
    acme: TenantIdentity, accepted: UUID
) -> None:
    """An open delivery whose entry came after the lock: nothing may be done to it unlocked."""
    OutboxEntry.objects.order_by("id")[0].delete()
    with in_tenant(acme), pytest.raises(Problem) as refused:
        cancel("live", accepted, "tests")
    assert refused.value.kind == "conflict"
    assert statuses(acme) == ALL_QUEUED


@pytest.mark.parametrize("attempt", range(8))
def test_either_the_cancel_or_the_claim_comes_first(
    acme: TenantIdentity, accepted: UUID, attempt: int
) -> None:
    OutboxEntry.objects.update(published=True, generation=1)
    entry = OutboxEntry.objects.order_by("id")[0].id
    begin = threading.Barrier(2)
    outcome: dict[str, Any] = {}

    def claim() -> None:
        wanted = Wanted(
            entry=entry, generation=1, attempt=new_id(), account=None, sender=None, visible_for=60.0
        )
        begin.wait()
        with transaction.atomic():
            outcome["claimed"] = outbox.claim([wanted])
        connection.close()

    def cancel_it() -> None:
        begin.wait()
        with in_tenant(acme):
            try:
                outcome["cancelled"] = cancel("live", accepted, "tests")
            except Problem as problem:
                outcome["problem"] = problem.kind
        connection.close()

    threads = [threading.Thread(target=claim), threading.Thread(target=cancel_it)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if outcome["claimed"]:
        assert outcome["problem"] == "too-late"
        assert statuses(acme) == ALL_QUEUED
    else:
        assert len(outcome["cancelled"]) == 2
        assert statuses(acme) == ALL_CANCELLED
        assert not OutboxEntry.objects.exists()
