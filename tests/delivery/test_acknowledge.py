"""Dead letters are taken off the list, one or many."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.models import Action
from tenants.context import in_tenant
from tests.delivery.history_rows import make_letter, make_sent
from tests.door import Api


def make_dead(tenant: Any, *, mode: str = "live", **letter: Any) -> None:
    row = make_sent(tenant, status="dead", mode=mode)
    with in_tenant(tenant):
        delivery = row.deliveries.get()
    make_letter(tenant, delivery, **letter)


def letters(api: Api) -> int:
    return len(api.get("/dead-letters").body["results"])


@pytest.mark.parametrize(
    ("asked", "letter"),
    [
        ({"channel": "sms"}, {"channel": "sms"}),
        ({"topic": "order.shipped"}, {"topic": "order.shipped"}),
        ({"provider": "smtp"}, {"provider": "smtp"}),
        ({"error_class": "expired"}, {"error_class": "expired"}),
        (
            {"created_before": "2026-01-01T00:00:00Z"},
            {"created_at": timezone.now() - timedelta(days=3650)},
        ),
    ],
)
def test_what_the_filter_finds_leaves_the_list(api: Api, acme: Any, asked: Any, letter: Any):
    make_dead(acme)
    make_dead(acme, **letter)
    answer = api.post("/dead-letters/acknowledge", {"filter": asked})
    assert (answer.status, answer.body) == (200, {"count": 1})
    assert letters(api) == 1
    with in_tenant(acme):
        assert Action.objects.get().verb == "acknowledge"
    assert api.post("/dead-letters/acknowledge", {"filter": asked}).body == {"count": 0}


def test_a_limit_takes_the_oldest(api: Api, acme: Any):
    for _ in range(3):
        make_dead(acme)
    asked = {"filter": {"channel": "email"}, "limit": 2}
    assert api.post("/dead-letters/acknowledge", asked).body == {"count": 2}
    assert letters(api) == 1


def test_something_has_to_be_named(api: Api):
    answer = api.post("/dead-letters/acknowledge", {"filter": {}})
    assert (answer.status, answer.pointers) == (422, ["/filter"])


def test_modes_and_tenants_keep_apart(api: Api, test_api: Api, globex_api: Api, acme: Any):
    make_dead(acme)
    for stranger in (test_api, globex_api):
        asked = {"filter": {"channel": "email"}}
        assert stranger.post("/dead-letters/acknowledge", asked).body == {"count": 0}
    assert letters(api) == 1
