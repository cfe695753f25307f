"""Many requests in one body: /notifications/batch, /publish/{topic} and /batches/{id}."""

import json
from typing import Any

import pytest

from notifications.models import Batch, Delivery, Notification, Recipient
from notifications.states import Status
from signalbus.core import timed_cache
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Answer, Api
from tests.make import make_policy
from tests.notifications.asking import NOTHING, letter, shipped, written


def statuses(answer: Answer) -> list[int]:
    return [result["status"] for result in answer.body["results"]]


def pointers(result: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in result["errors"]]


def test_one_bad_item_harms_no_other(api: Api, acme: TenantIdentity) -> None:
    items: list[Any] = [
        shipped(),
        shipped(recipient={"email": "nonsense"}),
        letter(),
        5,
        {"recipient": "user-42"},
        letter(text="NUL \x00"),
        shipped(topic="order.lost"),
        shipped(data={}),
        shipped(colour="red"),
        shipped(recipient="nobody"),
    ]
    answer = api.post("/notifications/batch", {"items": items})
    assert answer.status == 202
    assert statuses(answer) == [202, 422, 202, *[422] * 7]
    assert (answer.body["accepted"], answer.body["refused"]) == (2, 8)
    results = answer.body["results"]
    assert [result["index"] for result in results] == list(range(10))
    assert [pointers(result) for result in results if result["status"] == 422] == [
        ["/items/1/recipient/email"],
        ["/items/3"],
        ["/items/4"],
        ["/items/5/text"],
        ["/items/6/topic"],
        ["/items/7/data/order"],
        ["/items/8/colour"],
        ["/items/9/recipient"],
    ]
    assert results[0]["deliveries"][0]["status"] == "queued"
    assert results[1]["type"] == "urn:signalbus:error:invalid"
    assert written(acme)["Notification"] == 2


@pytest.mark.parametrize(
    "spoiled",
    [
        b'{"channel": "email", "to": "\xff@example.org", "subject": "Hi", "text": "Hello"}',
        b'{"topic": "order.\xffshipped", "recipient": "user-42"}',
    ],
    ids=["not UTF-8", "not UTF-8 where the shape is told"],
)
def test_an_item_that_is_no_json_harms_no_other(
    api: Api, acme: TenantIdentity, spoiled: bytes
) -> None:
    good = json.dumps(letter()).encode()
    body = b'{"items": [%s, %s, %s]}' % (good, spoiled, good)
    answer = api.raw("POST", "/notifications/batch", body, "application/json")
    assert statuses(answer) == [202, 400, 202]
    assert answer.body["results"][1]["type"] == "urn:signalbus:error:malformed-json"
    assert written(acme)["Notification"] == 2


def test_later_items_see_what_earlier_ones_made(api: Api, acme: TenantIdentity) -> None:
    items = [
        shipped(recipient={"id": "new", "email": "n1@example.org"}),
        shipped(recipient={"id": "new", "phone": "+33612345678"}),
        shipped(recipient="new"),
    ]
    answer = api.post("/notifications/batch", {"items": items})
    assert statuses(answer) == [202, 202, 202]
    with in_tenant(acme):
        assert Recipient.objects.count() == 1
        last = Notification.objects.order_by("-id")[0]
        assert {d.channel: d.status for d in last.deliveries.all()} == {
            "email": "queued",
            "sms": "queued",
        }


def test_a_body_that_is_no_batch_is_refused_as_a_whole(api: Api, acme: TenantIdentity) -> None:
    for body in ({"items": []}, {"items": [letter()] * 1001}, {"items": 1}, {"things": []}):
        answer = api.post("/notifications/batch", body)
        assert (answer.status, answer.kind) == (422, "invalid")
    assert api.raw("POST", "/notifications/batch", b"{", "application/json").status == 400
    assert api.raw("POST", "/notifications/batch", b"{}", "text/plain").status == 415
    with in_tenant(acme):
        assert not Batch.objects.exists()


def test_an_item_that_only_the_database_refuses_harms_no_other(
    api: Api, acme: TenantIdentity, monkeypatch: Any
) -> None:
    from notifications import planning

    real = planning.Planner.plan

    def unstorable(self: Any, asked: Any) -> Any:
        plan = real(self, asked)
        return plan if asked.correlation_id != "bad" else spoiled(plan)

    def spoiled(plan: Any) -> Any:
        import msgspec

        return msgspec.structs.replace(plan, locale="x" * 99)

    monkeypatch.setattr(planning.Planner, "plan", unstorable)
    items = [letter(correlation_id=name) for name in ("a", "bad", "b")]
    answer = api.post("/notifications/batch", {"items": items})
    assert statuses(answer) == [202, 500, 202]
    assert written(acme)["OutboxEntry"] == 2


def test_publish_notifies_all_recipients(api: Api, acme: TenantIdentity) -> None:
    people = [{"id": f"p{n}", "email": f"p{n}@example.org"} for n in range(3)]
    for path in ("/publish/order.shipped", "/notify/order.shipped"):
        answer = api.post(path, {"data": {"order": "A"}, "recipients": [*people, "nobody", 7]})
        assert statuses(answer) == [202, 202, 202, 422, 422]
        assert pointers(answer.body["results"][3]) == ["/recipients/3"]
        assert pointers(answer.body["results"][4]) == ["/recipients/4"]
    assert written(acme)["Recipient"] == 3


def test_publish_refuses_as_a_whole_what_is_wrong_for_all(api: Api, acme: TenantIdentity) -> None:
    one = [{"email": "a@example.org"}]
    lost = api.post("/publish/order.lost", {"recipients": one})
    assert (lost.status, lost.kind) == (422, "no-policy")
    assert "POST /api/v1/policies" in lost.body["detail"]
    for body, pointer in (
        ({"recipients": one, "data": {"order": 1}, "channels": ["fax"]}, "/channels/0"),
        ({"recipients": one, "send_at": "2199-01-01T00:00:00Z"}, "/send_at"),
        ({"audience": "subscribers"}, "/audience"),
        ({"audience": "subscribers", "recipients": one}, "/recipients"),
        ({"data": {"order": 1}}, "/recipients"),
    ):
        answer = api.post("/publish/order.shipped", body)
        assert (answer.status, answer.pointers) == (422, [pointer])
    assert written(acme) == NOTHING


def test_a_policy_that_is_switched_off_cannot_be_published_to(
    api: Api, acme: TenantIdentity
) -> None:
    make_policy(acme, "order.lost", enabled=False)
    answer = api.post("/publish/order.lost", {"recipients": ["x"]})
    assert (answer.status, answer.kind) == (422, "no-policy")
    assert "PATCH /api/v1/policies/order.lost" in answer.body["detail"]


def test_a_repeat_is_answered_alike_after_the_policy_is_gone(
    api: Api, acme: TenantIdentity
) -> None:
    make_policy(acme, "order.lost")
    body = {"recipients": [{"email": "a@example.org"}], "data": {"name": "A"}}
    first = api.post("/publish/order.lost", body, Idempotency_Key="one")
    assert api.delete("/policies/order.lost").status == 204
    timed_cache.clear_all()
    again = api.post("/publish/order.lost", body, Idempotency_Key="one")
    assert (again.status, again.body) == (202, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert api.post("/publish/order.lost", body, Idempotency_Key="two").kind == "no-policy"


def test_progress_counts_by_status(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notifications/batch", {"items": [letter(), letter(), shipped(data={})]})
    path = f"/batches/{answer.body['batch']}"
    first = api.get(path).body
    assert (first["accepted"], first["refused"]) == (2, 1)
    assert (first["counts"], first["done"]) == ({"queued": 2}, False)
    assert first["first_settled_at"] is None
    with in_tenant(acme):
        Notification.objects.update(status=Status.SENT)
        Delivery.objects.update(status=Status.SENT, settled_at=first["created_at"])
    then = api.get(path).body
    assert (then["counts"], then["done"]) == ({"sent": 2}, True)
    assert then["last_settled_at"] == first["created_at"]


def test_a_batch_is_seen_by_its_tenant_and_mode_alone(
    api: Api, test_api: Api, globex_api: Api
) -> None:
    path = f"/batches/{api.post('/notifications/batch', {'items': [letter()]}).body['batch']}"
    assert test_api.get(path).status == 404
    assert globex_api.get(path).status == 404
    assert api.get(path).status == 200
