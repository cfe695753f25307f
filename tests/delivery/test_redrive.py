"""Redriving: into the line once more, and a second time nothing."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from delivery.models import DeadLetter
from delivery.redrive import Redriven, redrive
from notifications.models import Action, Delivery, Notification
from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from signalbus.bus.purposes import Purpose
from tenants.context import in_tenant
from tenants.schemas import count_statements
from tests.delivery.history_rows import make_delivery, make_letter, make_notification
from tests.door import Api
from tests.make import make_account, make_suppression

SETTLED = ("failed", "dead", "bounced", "unknown")


def make_settled(tenant: Any, status: str, **fields: Any) -> Delivery:
    notification = make_notification(tenant, status=status, mode=fields.pop("mode", "live"))
    given = {"error_class": "busy", "detail": "words", "attempts": 8, **fields}
    return make_delivery(tenant, notification, **given)


def run(tenant: Any, *notifications: UUID, mode: str = "live") -> Redriven:
    with in_tenant(tenant):
        return redrive(mode, list(notifications), "olga")


def again(tenant: Any, delivery: Delivery) -> Delivery:
    with in_tenant(tenant):
        return Delivery.objects.get(id=delivery.id)


@pytest.mark.parametrize("status", SETTLED)
def test_it_goes_into_the_line(acme: Any, status: str):
    before = make_settled(acme, status)
    redriven = run(acme, before.notification_id)
    assert redriven.deliveries == (before.id,)
    assert redriven.refused == ()
    after = again(acme, before)
    assert (after.status, after.error_class, after.detail) == ("queued", "", "")
    assert after.settled_at is None
    assert after.deadline is not None
    assert after.deadline > timezone.now()
    entry = OutboxEntry.objects.get(id=before.id)
    assert (entry.stream, entry.tenant_id, entry.delivery) == ("email.normal", acme.id, before.id)
    assert (entry.purpose, entry.tries, entry.claim) == (Purpose.SEND, 0, None)
    with in_tenant(acme):
        assert Notification.objects.get(id=before.notification_id).status == "queued"


@pytest.mark.parametrize("status", SETTLED)
def test_only_after_an_unknown_outcome_the_key_stays(acme: Any, status: str):
    after = again(acme, make_and_redrive(acme, status))
    unknown = status == "unknown"
    assert after.redrives == (1 if unknown else 2)
    assert after.possibly_repeated is unknown


def test_the_mark_of_an_earlier_unknown_outcome_stays(acme: Any):
    assert again(acme, make_and_redrive(acme, "failed", possibly_repeated=True)).possibly_repeated


def make_and_redrive(acme: Any, status: str, **fields: Any) -> Delivery:
    before = make_settled(acme, status, redrives=1, **fields)
    run(acme, before.notification_id)
    return before


@pytest.mark.parametrize("status", ["queued", "sent", "delivered", "skipped", "cancelled"])
def test_anything_else_is_refused(acme: Any, status: str):
    before = make_settled(acme, status)
    entries = OutboxEntry.objects.count()
    redriven = run(acme, before.notification_id)
    assert redriven.count == 0
    (refused,) = redriven.refused
    assert refused.notification == before.notification_id
    assert status in refused.reason
    assert OutboxEntry.objects.count() == entries
    assert again(acme, before).status == status


@pytest.mark.parametrize(
    ("fields", "stands"),
    [
        ({}, True),
        ({"expires_at": timezone.now() + timedelta(days=1)}, True),
        ({"expires_at": timezone.now() - timedelta(days=1)}, False),
        ({"channel": "sms"}, False),
        ({"mode": "test"}, False),
        ({"address": "bob@example.org"}, False),
    ],
)
def test_a_suppressed_address_is_left_alone(acme: Any, fields: dict[str, Any], stands: bool):
    before = make_settled(acme, "bounced", address="Ana@example.org")
    make_suppression(acme, **{"address": "ana@example.org", "reason": "hard_bounce", **fields})
    redriven = run(acme, before.notification_id)
    assert redriven.count == (0 if stands else 1)
    assert [each.delivery for each in redriven.left] == ([before.id] if stands else [])
    assert again(acme, before).status == ("bounced" if stands else "queued")
    assert all("hard_bounce" in each.reason for each in redriven.refused)


def test_what_is_not_suppressed_of_a_notification_is_redriven(acme: Any):
    notification = make_notification(acme, status="failed")
    mail = make_delivery(acme, notification)
    text = make_delivery(acme, notification, channel="sms", address="+33612345678")
    make_suppression(acme, "ana@example.org")
    redriven = run(acme, notification.id)
    assert (redriven.deliveries, redriven.refused) == ((text.id,), ())
    assert [each.delivery for each in redriven.left] == [mail.id]


def test_twice_is_once(acme: Any):
    before = make_settled(acme, "dead")
    assert run(acme, before.notification_id).count == 1
    second = run(acme, before.notification_id)
    assert second.count == 0
    assert OutboxEntry.objects.count() == 1
    assert again(acme, before).redrives == 1
    with in_tenant(acme):
        assert Action.objects.count() == 1


def test_what_is_asked_about_is_refused(acme: Any):
    before = make_settled(acme, "queued")
    OutboxEntry.objects.filter(id=before.id).update(purpose=Purpose.RECONCILE)
    assert run(acme, before.notification_id).count == 0


def test_only_what_failed_of_a_notification(acme: Any):
    notification = make_notification(acme, status="delivered")
    make_delivery(acme, notification, status="delivered")
    dead = make_delivery(acme, notification, status="dead", channel="sms", lane="high")
    assert run(acme, notification.id).deliveries == (dead.id,)
    assert OutboxEntry.objects.get().stream == "sms.high"


def test_the_dead_letter_leaves_the_list_and_the_timeline_tells_who(acme: Any):
    before = make_settled(acme, "dead")
    make_letter(acme, before)
    run(acme, before.notification_id)
    with in_tenant(acme):
        assert DeadLetter.objects.get().redriven_at is not None
        action = Action.objects.get()
    assert (action.verb, action.actor, action.deliveries) == ("redrive", "olga", [before.id])


def test_modes_and_tenants_keep_apart(acme: Any, globex: Any):
    before = make_settled(acme, "dead")
    strangers = (
        run(acme, before.notification_id, mode="test"),
        run(globex, before.notification_id),
    )
    for redriven in strangers:
        assert redriven.count == 0
        assert "no such notification" in redriven.refused[0].reason
    assert again(acme, before).status == "dead"


def test_what_does_not_exist_is_told(acme: Any):
    missing = uuid4()
    assert run(acme, missing).refused[0].notification == missing
    assert run(acme) == Redriven(deliveries=(), refused=())


def test_the_place_in_kafka_is_the_recipients(acme: Any):
    before = make_settled(acme, "dead")
    run(acme, before.notification_id)
    expected = outbox.partition_key(acme.id, before.notification_id)
    assert OutboxEntry.objects.get().partition_key == expected


def test_statements_do_not_depend_on_the_number(acme: Any):
    run(acme, make_settled(acme, "dead").notification_id)  # the tenant is remembered from here on
    counts = []
    for size in (1, 20):
        ids = [make_settled(acme, "dead").notification_id for _ in range(size)]
        with in_tenant(acme), count_statements() as counted:
            assert redrive("live", ids, "olga").count == size
        counts.append(counted.total)
    assert counts[0] == counts[1]


def test_one_may_name_its_account(api: Api, acme: Any):
    account = make_account(acme, name="spare")
    notification = make_notification(acme, status="failed")
    mail = make_delivery(acme, notification)
    text = make_delivery(acme, notification, channel="sms", address="+33612345678")
    path = f"/notifications/{notification.id}/redrive"
    assert api.post(path, {"account": "nobody"}).pointers == ["/account"]
    assert api.post(path, {"account": str(account.id)}).body["count"] == 1
    assert again(acme, mail).wanted_account == account.id
    assert again(acme, text).status == "failed"
    refused = api.post(path, {"account": "spare"})
    assert refused.status == 409
    assert refused.body["detail"].startswith("On the channel email nothing")
    assert api.post(path).body["count"] == 1
    assert again(acme, text).wanted_account is None
