"""What is unknown is settled by hand, and nothing else."""

from typing import Any
from uuid import uuid4

import pytest

from notifications.models import Action, Delivery
from tenants.context import in_tenant
from tests.delivery.history_rows import make_delivery, make_letter, make_notification, make_sent
from tests.door import Api

UNKNOWN = {"error_class": "unknown_outcome", "error_code": "timeout", "detail": "No answer."}


def of(tenant: Any, notification: Any) -> Delivery:
    with in_tenant(tenant):
        return Delivery.objects.get(notification_id=notification.id)


@pytest.mark.parametrize("settled", ["sent", "delivered", "failed"])
def test_it_is_as_somebody_says(api: Api, acme: Any, settled: str):
    row = make_sent(acme, status="unknown", delivery=UNKNOWN)
    answer = api.post(f"/notifications/{row.id}/settle", {"as": settled})
    assert (answer.status, answer.body["status"]) == (200, settled)
    after = of(acme, row)
    assert after.status == settled
    assert after.error_class == ("unknown_outcome" if settled == "failed" else "")
    with in_tenant(acme):
        action = Action.objects.get()
    assert action.deliveries == [after.id]
    assert action.actor.startswith("key sb_live_")
    (event,) = [
        each
        for each in api.get(f"/notifications/{row.id}").body["timeline"]
        if each["event"].startswith("settled")
    ]
    assert event["event"] == f"settled as {settled}"
    assert event["detail"].startswith("by key")


@pytest.mark.parametrize(
    "status", ["queued", "sent", "delivered", "failed", "dead", "bounced", "skipped", "cancelled"]
)
def test_what_is_known_stays(api: Api, acme: Any, status: str):
    row = make_sent(acme, status=status)
    answer = api.post(f"/notifications/{row.id}/settle", {"as": "delivered"})
    assert (answer.status, answer.kind, answer.body["state"]) == (409, "conflict", status)
    assert of(acme, row).status == status
    with in_tenant(acme):
        assert not Action.objects.exists()


def test_a_second_time_is_too_late(api: Api, acme: Any):
    row = make_sent(acme, status="unknown")
    path = f"/notifications/{row.id}/settle"
    assert api.post(path, {"as": "sent"}).status == 200
    assert api.post(path, {"as": "failed"}).status == 409


def test_one_delivery_may_be_named(api: Api, acme: Any):
    row = make_notification(acme, status="unknown")
    mail = make_delivery(acme, row)
    text = make_delivery(acme, row, channel="sms", address="+33612345678")
    other = make_delivery(acme, make_notification(acme, status="unknown"))
    path = f"/notifications/{row.id}/settle"
    answer = api.post(path, {"as": "delivered", "delivery": str(text.id)})
    assert [each["status"] for each in answer.body["deliveries"]] == ["unknown", "delivered"]
    for stranger in (other.id, uuid4()):
        refused = api.post(path, {"as": "sent", "delivery": str(stranger)})
        assert (refused.status, refused.pointers) == (422, ["/delivery"])
    named = {"as": "sent", "delivery": str(text.id)}
    assert api.post(path, named).body["state"] == "delivered"
    assert api.post(path, {"as": "sent"}).status == 200
    with in_tenant(acme):
        assert Delivery.objects.get(id=mail.id).status == "sent"


def test_other_states_cannot_be_said(api: Api, acme: Any):
    row = make_sent(acme, status="unknown")
    for wrong in ("queued", "bounced", "cancelled", ""):
        answer = api.post(f"/notifications/{row.id}/settle", {"as": wrong})
        assert (answer.status, answer.pointers) == (422, ["/as"])


def test_modes_and_tenants_keep_apart(test_api: Api, globex_api: Api, acme: Any):
    row = make_sent(acme, status="unknown")
    for stranger in (test_api, globex_api):
        path = f"/notifications/{row.id}/settle"
        assert stranger.post(path, {"as": "sent"}).status == 404
    assert of(acme, row).status == "unknown"


def test_a_late_receipt_still_counts_and_what_failed_may_be_redriven(api: Api, acme: Any):
    row = make_sent(acme, status="unknown", delivery=UNKNOWN)
    make_letter(acme, of(acme, row))
    api.post(f"/notifications/{row.id}/settle", {"as": "failed"})
    assert len(api.get("/dead-letters").body["results"]) == 1
    assert api.post(f"/notifications/{row.id}/redrive").status == 202
    assert of(acme, row).redrives == 1
