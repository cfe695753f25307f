"""Keys and repeated requests, with a clock that is set back by minutes."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.utils import timezone

from signalbus.api.models import IdempotencyRecord
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Answer, Api
from tests.make import make_key
from tests.notifications.asking import letter

MINUTES = timedelta(minutes=10)


def set_back() -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) - MINUTES)


def ask(api: Api) -> Answer:
    return api.post("/notifications", letter(), idempotency_key="k")


def test_a_repeat_gets_the_stored_answer(api: Api) -> None:
    first = ask(api)
    with set_back():
        again = ask(api)
    assert (again.status, again.body["id"]) == (202, first.body["id"])


def test_an_answer_is_kept_for_its_time_by_the_clock_of_the_database(
    api: Api, acme: TenantIdentity
) -> None:
    first = ask(api)
    with in_tenant(acme):
        IdempotencyRecord.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with set_back():
        assert ask(api).body["id"] != first.body["id"]


def test_a_revoked_key_stays_revoked(api: Api) -> None:
    own = api.get("/api-keys").body["results"][0]
    assert api.delete(f"/api-keys/{own['id']}").status == 204
    with set_back():
        assert api.get("/policies").status == 401
        identity.forget()
        assert api.get("/policies").status == 401


def test_a_key_that_was_made_a_moment_ago_is_good(acme: TenantIdentity) -> None:
    api = Api(make_key(acme, expires_at=timezone.now() + timedelta(minutes=1)))
    with set_back():
        assert api.get("/policies").status == 200
