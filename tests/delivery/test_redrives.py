"""Redrives of many by a filter: through the door, counted, at a rate, stopped, twice, at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from delivery import redrives
from delivery.models import DeadLetter, Redrive, RedrivenDelivery
from delivery.redrives import Order, RedriveFilter
from delivery.redrives.filters import NAMES
from notifications import policies
from notifications.models import Action, Delivery, Notification, Suppression
from signalbus.bus.models import OutboxEntry
from signalbus.core import timed_cache
from signalbus.core.ids import new_id
from signalbus.core.metrics import DLQ_REPLAYED
from tenants import identity
from tenants.context import in_tenant
from tenants.models import PlatformAccount, Tenant
from tenants.schemas import count_statements
from tests.delivery.history_rows import make_delivery, make_letter, make_notification, make_sent
from tests.door import Answer, Api
from tests.make import make_account, make_policy, make_suppression

TOPIC = {"filter": {"topic": "person.greeted"}}


def make_dead(tenant: Any, **fields: Any) -> Delivery:
    """What gave up, with its letter; `topic` and the like are the notification's."""
    own = {"topic", "recipient_ref", "correlation_id", "batch", "created_at", "mode"}
    notification = make_notification(
        tenant, status="dead", **{name: fields.pop(name) for name in own & fields.keys()}
    )
    given = {"error_class": "busy", "error_code": "503", "detail": "words", "attempts": 8}
    delivery = make_delivery(tenant, notification, **{**given, **fields})
    make_letter(tenant, delivery, topic=notification.topic, created_at=notification.created_at)
    return delivery


def again(tenant: Any, delivery: Delivery) -> Delivery:
    with in_tenant(tenant):
        return Delivery.objects.get(id=delivery.id)


def taken(answer: Answer) -> int:
    assert answer.status in (200, 202), answer
    return int(answer.body["count"])


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


FIELDS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"status": "failed"}, {"status": "failed"}),
    ({"channel": "sms"}, {"channel": "sms"}),
    ({"topic": "order.shipped"}, {"topic": "order.shipped"}),
    ({"recipient": "user-7"}, {"recipient_ref": "user-7"}),
    ({"to": "Bob@Example.org"}, {"address": "bob@example.org"}),
    ({"provider": "smtp"}, {"provider": "smtp"}),
    ({"error_class": "our_account"}, {"error_class": "our_account"}),
    ({"correlation_id": "cart-7"}, {"correlation_id": "cart-7"}),
    (
        {"created_before": "2026-01-01T00:00:00Z"},
        {
            "created_at": datetime.fromisoformat("2025-12-31T00:00:00+00:00"),
            "id": UUID("019b70f0-0000-7000-8000-000000000001"),
        },
    ),
]


@pytest.mark.parametrize(("asked", "fields"), FIELDS, ids=lambda each: "-".join(each))
def test_each_filter_finds_its_own(api: Api, acme: Any, asked: Any, fields: Any):
    own = {"created_at", "id"} & fields.keys()
    make_dead(acme)
    if own:
        old = {name: fields[name] for name in own}
        row = make_delivery(acme, make_notification(acme, status="dead", **old))
    else:
        row = make_dead(acme, **fields)
    assert taken(api.post("/redrives", {"filter": asked})) == 1
    assert again(acme, row).status == "queued"


def test_filters_of_time_account_batch_and_notification(api: Api, acme: Any):
    account = make_account(acme, name="first")
    old = make_dead(acme, account_id=account.id)
    now = timezone.now().isoformat()
    for asked, count in (
        ({"created_after": now}, 0),
        ({"account": "first"}, 1),
        ({"account": str(account.id)}, 1),
        ({"account": str(uuid4())}, 0),
        ({"batch": str(uuid4())}, 0),
        ({"notification": str(old.notification_id)}, 1),
        ({"notification": str(uuid4())}, 0),
    ):
        assert taken(api.post("/redrives", {"filter": asked, "dry_run": True})) == count, asked


def test_what_was_acknowledged_stays_unless_asked_for(api: Api, acme: Any):
    make_dead(acme)
    with in_tenant(acme):
        DeadLetter.objects.update(acknowledged_at=timezone.now(), acknowledged_by="olga")
    assert taken(api.post("/redrives", TOPIC)) == 0
    asked = {"filter": {**TOPIC["filter"], "acknowledged": True}}
    assert taken(api.post("/redrives", asked)) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"filter": {}}, "/filter"),
        ({"filter": {"acknowledged": True}}, "/filter"),
        ({}, "/filter"),
        ({"filter": {"status": "queued"}}, "/filter/status"),
        ({"filter": {"colour": "red"}}, "/filter/colour"),
        ({"filter": {"account": "nobody"}}, "/filter/account"),
        ({"filter": {"created_after": "2026-01-01T00:00:00"}}, "/filter/created_after"),
        ({**TOPIC, "limit": 0}, "/limit"),
        ({**TOPIC, "limit": 100_001}, "/limit"),
        ({**TOPIC, "rate_per_second": 0}, "/rate_per_second"),
        ({**TOPIC, "account": "nobody"}, "/account"),
    ],
)
def test_what_is_wrong_is_pointed_at(api: Api, body: Any, pointer: str):
    answer = api.post("/redrives", body)
    assert (answer.status, answer.pointers) == (422, [pointer])


def test_without_a_filter_it_says_what_may_be_named(api: Api):
    detail = api.post("/redrives", {"filter": {}}).body["errors"][0]["detail"]
    assert all(name in detail for name in NAMES)


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


def test_only_one_account_is_used_where_it_is_named(api: Api, acme: Any):
    account = make_account(acme, name="spare")
    row, text = make_dead(acme), make_dead(acme, channel="sms", address="+33612345678")
    assert taken(api.post("/redrives", {**TOPIC, "account": "spare"})) == 1
    assert again(acme, row).wanted_account == account.id
    assert again(acme, text).status == "dead"
    assert taken(api.post("/redrives", TOPIC)) == 1
    assert again(acme, text).wanted_account is None


def test_an_account_has_to_be_one_to_send_through(api: Api, test_api: Api, acme: Any, globex: Any):
    make_account(acme, name="off", enabled=False)
    make_account(globex, name="theirs")
    make_account(acme, name="on")
    for asked, who, word in (
        ({**TOPIC, "account": "off"}, api, "not enabled"),
        ({**TOPIC, "account": "theirs"}, api, "no provider account"),
        ({**TOPIC, "account": "on"}, test_api, "simulator"),
        ({"filter": {"channel": "sms"}, "account": "on"}, api, "channel email"),
    ):
        answer = who.post("/redrives", asked)
        assert (answer.status, answer.pointers) == (422, ["/account"])
        assert word in answer.body["detail"]


def test_an_inherited_account_may_be_named_where_it_serves(api: Api, acme: Any):
    shared = PlatformAccount.objects.create(name="shared", kind="simulator", channel="email")
    try:
        row = make_dead(acme)
        Tenant.objects.filter(id=acme.id).update(inherits_accounts=False)
        assert api.post("/redrives", {**TOPIC, "account": "shared"}).status == 422
        Tenant.objects.filter(id=acme.id).update(inherits_accounts=True)
        assert taken(api.post("/redrives", {**TOPIC, "account": "shared"})) == 1
        assert again(acme, row).wanted_account == shared.id
    finally:
        shared.delete()


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


def test_progress(api: Api, acme: Any):
    rows = [make_dead(acme) for _ in range(4)]
    key = api.post("/redrives", TOPIC).body["id"]
    end(acme, rows[0], "sent")
    end(acme, rows[1], "dead")
    shown = api.get(f"/redrives/{key}").body
    assert (shown["status"], shown["count"], shown["done"], shown["waiting"]) == (
        "running",
        4,
        2,
        2,
    )
    assert shown["counts"] == {"queued": 2, "sent": 1, "dead": 1}
    for row in rows[2:]:
        end(acme, row, "delivered")
    (listed,) = api.get("/redrives").body["results"]
    assert (listed["status"], listed["done"], listed["waiting"]) == ("done", 4, 0)


def end(tenant: Any, delivery: Delivery, status: str) -> None:
    """As a worker would have."""
    OutboxEntry.objects.filter(id=delivery.id).delete()
    with in_tenant(tenant):
        Delivery.objects.filter(id=delivery.id).update(status=status, settled_at=timezone.now())


def test_stop_puts_back_what_was_not_begun(api: Api, acme: Any):
    waiting, begun, retrying, ended = rows = [make_dead(acme) for _ in range(4)]
    former = again(acme, waiting)
    key = api.post("/redrives", {**TOPIC, "rate_per_second": 1}).body["id"]
    now = timezone.now()
    OutboxEntry.objects.filter(id=begun.id).update(claim=new_id(), claimed_at=now)
    OutboxEntry.objects.filter(id=retrying.id).update(claimed_at=now, tries=1)
    end(acme, ended, "sent")
    stopped = api.post(f"/redrives/{key}/stop")
    assert stopped.status == 200
    told = stopped.body
    assert (told["status"], told["stopped"], told["waiting"], told["done"]) == ("stopped", 1, 2, 1)
    assert told["counts"] == {"queued": 2, "sent": 1}
    after = again(acme, waiting)
    for name in ("status", "error_class", "error_code", "detail", "settled_at", "deadline"):
        assert getattr(after, name) == getattr(former, name), name
    assert (after.redrives, after.possibly_repeated) == (0, False)
    assert not OutboxEntry.objects.filter(id=waiting.id).exists()
    assert {again(acme, row).status for row in rows[1:3]} == {"queued"}
    with in_tenant(acme):
        assert [each.delivery_id for each in DeadLetter.objects.filter(redriven_at=None)] == [
            waiting.id
        ]
        assert Notification.objects.get(id=waiting.notification_id).status == "dead"
    events = [
        e["event"] for e in api.get(f"/notifications/{waiting.notification_id}").body["timeline"]
    ]
    assert events[-2:] == ["redriven", "redrive stopped"]
    assert api.post(f"/redrives/{key}/stop").body["stopped"] == 1
    assert taken(api.post("/redrives", TOPIC)) == 1


def test_what_is_over_cannot_be_stopped(api: Api, acme: Any):
    row = make_dead(acme)
    key = api.post("/redrives", TOPIC).body["id"]
    end(acme, row, "sent")
    answer = api.post(f"/redrives/{key}/stop")
    assert (answer.status, answer.kind, answer.body["state"]) == (409, "too-late", "done")


def test_stop_leaves_what_somebody_redrove_since(api: Api, acme: Any):
    first, second = make_dead(acme), make_dead(acme)
    key = api.post("/redrives", TOPIC).body["id"]
    end(acme, first, "dead")
    assert api.post(f"/notifications/{first.notification_id}/redrive").status == 202
    assert api.post(f"/redrives/{key}/stop").body["stopped"] == 1
    assert [again(acme, row).status for row in (first, second)] == ["queued", "dead"]


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
