"""What a redrive's filter finds, and what is wrong in one."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from delivery.models import DeadLetter
from delivery.redrives.filters import NAMES
from tenants.context import in_tenant
from tests.delivery.history_rows import make_delivery, make_notification
from tests.delivery.redrive_kit import TOPIC, again, make_dead, taken
from tests.door import Api
from tests.make import make_account

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
