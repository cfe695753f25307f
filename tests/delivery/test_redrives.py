"""Redrives by a filter: into the line again, counted beforehand, once."""

from typing import Any

import pytest

from delivery.models import DeadLetter, Redrive
from notifications.models import Action, Delivery, Notification, Suppression
from signalbus.bus.models import OutboxEntry
from signalbus.core import timed_cache
from signalbus.core.metrics import DLQ_REPLAYED
from tenants.context import in_tenant
from tests.delivery.history_rows import make_delivery
from tests.delivery.redrive_kit import TOPIC, again, make_dead, taken
from tests.door import Api
from tests.make import make_policy, make_suppression


def test_what_the_filter_finds_goes_into_the_line(api: Api, acme: Any):
    rows = [make_dead(acme) for _ in range(3)]
    other = make_dead(acme, topic="other")
    before = DLQ_REPLAYED.labels("email")._value.get()
    answer = api.post("/redrives", TOPIC)
    assert answer.status == 202
    assert (answer.body["count"], answer.body["status"], answer.body["done"]) == (3, "running", 0)
    assert DLQ_REPLAYED.labels("email")._value.get() == before + 3
    for row in rows:
        after = again(acme, row)
        assert (after.status, after.error_class, after.redrives) == ("queued", "", 1)
        assert after.deadline is not None
        entry = OutboxEntry.objects.get(id=row.id)
        assert (entry.stream, entry.tenant_id, entry.claim) == ("email.normal", acme.id, None)
    assert again(acme, other).status == "dead"
    with in_tenant(acme):
        letters = DeadLetter.objects.filter(redriven_at=None)
        assert [each.delivery_id for each in letters] == [other.id]
        status = set(
            Notification.objects.filter(topic=rows[0].notification.topic).values_list("status")
        )
        assert status == {("queued",)}
        assert {(each.verb, len(each.deliveries)) for each in Action.objects.all()} == {
            ("redrive", 1)
        }
        assert Action.objects.count() == 3


def test_a_second_one_takes_nothing(api: Api, acme: Any):
    make_dead(acme)
    assert taken(api.post("/redrives", TOPIC)) == 1
    second = api.post("/redrives", TOPIC)
    assert (taken(second), second.body["status"]) == (0, "done")
    assert OutboxEntry.objects.count() == 1


def test_the_same_key_is_the_same_redrive(api: Api, acme: Any):
    make_dead(acme)
    first, second = (api.post("/redrives", TOPIC, Idempotency_Key="again") for _ in range(2))
    assert first.body == second.body
    with in_tenant(acme):
        assert Redrive.objects.count() == 1


def test_a_dry_run_counts_the_same_and_does_nothing(api: Api, acme: Any):
    for _ in range(4):
        make_dead(acme)
    make_dead(acme, address="gone@example.org")
    make_suppression(acme, "gone@example.org", reason="hard_bounce")
    dry = api.post("/redrives", {**TOPIC, "dry_run": True, "limit": 3})
    assert (dry.status, dry.body["status"], "id" in dry.body) == (200, "counted", False)
    assert OutboxEntry.objects.count() == 0
    with in_tenant(acme):
        assert not Redrive.objects.exists()
    real = api.post("/redrives", {**TOPIC, "limit": 3})
    assert taken(real) == taken(dry) == 3
    for answer in (dry, real):
        assert answer.body["left_count"] == 1
        (left,) = answer.body["left"]
        assert (left["reason"], left["why"]) == ("suppressed", "hard_bounce")


def test_modes_and_tenants_keep_apart(
    api: Api, test_api: Api, globex_api: Api, acme: Any, globex: Any
):
    live, test = make_dead(acme), make_dead(acme, mode="test")
    theirs = make_dead(globex)
    assert taken(test_api.post("/redrives", TOPIC)) == 1
    begun = api.post("/redrives", TOPIC).body
    assert [again(acme, row).status for row in (live, test)] == ["queued", "queued"]
    assert again(globex, theirs).status == "dead"
    for stranger in (test_api, globex_api):
        assert stranger.get(f"/redrives/{begun['id']}").status == 404
        assert stranger.post(f"/redrives/{begun['id']}/stop").status == 404
        assert begun["id"] not in str(stranger.get("/redrives").body)


@pytest.mark.parametrize("status", ["failed", "dead", "bounced", "unknown"])
def test_only_after_an_unknown_outcome_the_key_stays(api: Api, acme: Any, status: str):
    row = make_dead(acme, status=status, redrives=1)
    key = api.post("/redrives", TOPIC).body["id"]
    after = again(acme, row)
    unknown = status == "unknown"
    assert (after.redrives, after.possibly_repeated) == (1 if unknown else 2, unknown)
    api.post(f"/redrives/{key}/stop")
    after = again(acme, row)
    assert (after.status, after.redrives, after.possibly_repeated) == (status, 1, False)


def test_the_mark_of_an_earlier_unknown_outcome_stays(api: Api, acme: Any):
    row = make_dead(acme, status="failed", possibly_repeated=True)
    api.post("/redrives", TOPIC)
    assert again(acme, row).possibly_repeated


def test_a_reason_that_the_topic_overrides_is_no_hindrance(api: Api, acme: Any):
    row = make_dead(acme, topic="fire.alarm", address="gone@example.org")
    make_suppression(acme, "gone@example.org", reason="hard_bounce")
    asked = {"filter": {"topic": "fire.alarm"}}
    assert taken(api.post("/redrives", {**asked, "dry_run": True})) == 0
    make_policy(acme, "fire.alarm", overrides=["hard_bounce", "complaint"])
    timed_cache.clear_all()
    counted = api.post("/redrives", {**asked, "dry_run": True}).body
    assert (counted["count"], counted["left"]) == (1, [])
    with in_tenant(acme):
        Suppression.objects.update(reason="complaint")
    assert taken(api.post("/redrives", asked)) == 0
    assert api.post(f"/notifications/{row.notification_id}/redrive").status == 409
    with in_tenant(acme):
        Suppression.objects.update(reason="hard_bounce")
    assert api.post(f"/notifications/{row.notification_id}/redrive").status == 202


def test_a_notification_is_open_again_whatever_else_became_of_it(api: Api, acme: Any):
    row = make_dead(acme)
    with in_tenant(acme):
        other = make_delivery(acme, row.notification, channel="sms", status="delivered")
        Notification.objects.filter(id=row.notification_id).update(status="delivered")
    key = api.post("/redrives", TOPIC).body["id"]
    assert status_of(acme, row) == "queued"
    api.post(f"/redrives/{key}/stop")
    assert (status_of(acme, row), again(acme, other).status) == ("delivered", "delivered")


def status_of(tenant: Any, delivery: Delivery) -> str:
    """That of its notification."""
    with in_tenant(tenant):
        return Notification.objects.get(id=delivery.notification_id).status
