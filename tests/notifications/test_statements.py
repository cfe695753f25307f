"""The number of statements of accepting does not depend on how many are accepted."""

from collections.abc import Callable
from typing import Any

import pytest

from notifications.models import Notification
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.schemas import count_statements
from tests.door import Api
from tests.make import make_suppression
from tests.notifications.asking import letter, shipped


def anonymous(number: int, run: str) -> dict[str, Any]:
    return letter(to=f"{run}{number}@example.org")


def new(number: int, run: str) -> dict[str, Any]:
    return shipped(recipient={"id": f"{run}{number}", "email": f"{run}{number}@example.org"})


def changed(number: int, run: str) -> dict[str, Any]:
    person = {"id": f"known{number}", "email": f"{run}{number}@example.org", "locale": "fr"}
    return shipped(recipient={**person, "attributes": {"run": run}})


def keyed(number: int, run: str) -> dict[str, Any]:
    return {**new(number, run), "idempotency_key": f"{run}{number}"}


@pytest.mark.parametrize("item", [anonymous, new, changed, keyed])
def test_ten_and_a_thousand_take_the_same(
    api: Api, acme: TenantIdentity, item: Callable[[int, str], dict[str, Any]]
) -> None:
    make_suppression(acme, "x3@example.org")
    everybody = [new(number, "known") for number in range(1000)]
    assert api.post("/notifications/batch", {"items": everybody}).body["refused"] == 0

    def statements(size: int, run: str) -> int:
        items = [item(number, run) for number in range(size)]
        with count_statements() as counted:
            answer = api.post("/notifications/batch", {"items": items})
        assert answer.body["accepted"] == size
        return counted.total

    statements(10, "w")
    assert statements(10, "x") == statements(1000, "y")
    with in_tenant(acme):
        assert Notification.objects.count() == 2020
