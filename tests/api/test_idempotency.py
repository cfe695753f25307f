"""The same key and body: one piece of work, one answer, whatever happens in between."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from notifications.models import Notification, Suppression
from signalbus.api import idempotency
from signalbus.api.models import IdempotencyRecord
from signalbus.core import redis_pool
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.roles import Role
from tests.api.test_problems import check
from tests.core.away import refusing_server
from tests.door import Answer, Api
from tests.make import make_key, make_policy
from tests.tenants.test_own_keys import make_own

BODY = {"channel": "email", "address": "gone@example.org"}
NOTIFY = {
    "topic": "person.greeted",
    "recipient": {"id": "user-1", "email": "ana@example.org"},
    "data": {"name": "Ana"},
}
NEW_KEY = {"name": "backend", "mode": "live", "scopes": ["read"]}


@pytest.fixture
def redis_away() -> Iterator[None]:
    """Nobody listens where Redis should be."""
    redis_pool.client.cache_clear()
    with override_settings(REDIS_URL=refusing_server()):
        yield
    redis_pool.client.cache_clear()


def replayed(answer: Answer) -> bool:
    return answer.headers.get("Idempotency-Replayed") == "true"


def test_a_repeat_gets_the_stored_answer(api: Api, acme: TenantIdentity) -> None:
    first = api.post("/suppressions", BODY, idempotency_key="k")
    second = api.post("/suppressions", BODY, idempotency_key="k")
    assert (first.status, second.status) == (201, 201)
    assert first.body == second.body
    assert (replayed(first), replayed(second)) == (False, True)
    with in_tenant(acme):
        assert Suppression.objects.count() == 1


@pytest.mark.parametrize("path", ["/suppressions", "/templates"])
def test_another_body_or_path_is_refused(api: Api, path: str) -> None:
    api.post("/suppressions", BODY, idempotency_key="k")
    answer = api.post(path, {**BODY, "note": "other"}, idempotency_key="k")
    check(answer, "idempotency-mismatch")


def test_another_key_is_another_request(api: Api) -> None:
    api.post("/suppressions", BODY, idempotency_key="a")
    check(api.post("/suppressions", BODY, idempotency_key="b"), "conflict")


def test_keys_belong_to_tenant_and_mode(api: Api, test_api: Api, globex_api: Api) -> None:
    answers = [
        each.post("/suppressions", BODY, idempotency_key="k")
        for each in (
            api,
            test_api,
            globex_api,
        )
    ]
    assert [answer.status for answer in answers] == [201, 201, 201]
    assert not any(map(replayed, answers))


def test_a_secret_answer_is_told_to_the_asking_key_alone(acme: TenantIdentity, api: Api) -> None:
    made = api.post("/api-keys", NEW_KEY, idempotency_key="k")
    _, editor = make_own(acme, Role.EDITOR)
    for other in (editor, Api(make_key(acme))):
        answer = other.post("/api-keys", NEW_KEY, idempotency_key="k")
        check(answer, "idempotency-mismatch")
        assert "another API key" in answer.body["detail"]
    assert api.post("/api-keys", NEW_KEY, idempotency_key="k").body == made.body


def test_a_repeat_is_refused_as_the_first_would_be(acme: TenantIdentity, api: Api) -> None:
    """What a key may do is asked before anything that is kept is told."""
    api.post("/suppressions", BODY, idempotency_key="k")
    _, viewer = make_own(acme, Role.VIEWER)
    check(viewer.post("/suppressions", BODY, idempotency_key="k"), "missing-role")
    reader = Api(make_key(acme, scopes=("read",)))
    check(reader.post("/suppressions", BODY, idempotency_key="k"), "missing-scope")


def test_a_refused_request_keeps_nothing(api: Api) -> None:
    check(api.post("/suppressions", {}, idempotency_key="k"), "invalid")
    assert api.post("/suppressions", BODY, idempotency_key="k").status == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "naïve"])
def test_keys_that_are_none(api: Api, key: str) -> None:
    check(api.post("/suppressions", BODY, idempotency_key=key), "invalid-idempotency-key")


@pytest.mark.parametrize(("path", "body"), [("/suppressions", BODY), ("/notify", NOTIFY)])
def test_the_first_is_still_running(
    api: Api, acme: TenantIdentity, path: str, body: dict[str, Any]
) -> None:
    make_policy(acme)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with in_tenant(acme), transaction.atomic():
            assert not idempotency.lock(acme.id, "live", ["k"])
            held.set()
            done.wait(10)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(hold)
        assert held.wait(10)
        try:
            answer = check(api.post(path, body, idempotency_key="k"), "in-progress")
        finally:
            done.set()
        running.result()
    assert answer.headers["Retry-After"] == "1"
    assert api.post(path, body, idempotency_key="k").status in (201, 202)


def test_fifty_identical_requests_at_once_make_one_notification(acme: TenantIdentity) -> None:
    make_policy(acme)
    key = make_key(acme)

    def ask(_: int) -> Answer:
        try:
            return Api(key).post("/notify", NOTIFY, idempotency_key="once")
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    accepted = [answer for answer in answers if answer.status == 202]
    assert {answer.status for answer in answers} <= {202, 409}
    assert len({answer.body["id"] for answer in accepted}) == 1
    assert sum(not replayed(answer) for answer in accepted) == 1
    with in_tenant(acme):
        assert Notification.objects.count() == 1


def test_secrets_are_kept_encrypted(api: Api, acme: TenantIdentity) -> None:
    first = api.post("/api-keys", NEW_KEY, idempotency_key="k")
    assert first.status == 201, first
    secret = next(value for value in first.body.values() if str(value).startswith("sb_live_"))
    with in_tenant(acme):
        record = IdempotencyRecord.objects.get(key="k")
    assert record.is_secret
    assert secret not in record.answer
    second = api.post("/api-keys", NEW_KEY, idempotency_key="k")
    assert second.body == first.body
    assert replayed(second)


def test_a_kept_secret_opens_in_its_own_tenant_only(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    stored = idempotency.Stored(
        key="k", fingerprint=b"f", status_code=201, answer=b"{}", is_secret=True
    )
    with in_tenant(acme):
        idempotency.store("live", [stored], hours=1)
        answer = IdempotencyRecord.objects.get().answer
        assert idempotency.find("live", ["k"]) == {"k": stored}
    with in_tenant(globex):
        idempotency.store("live", [stored], hours=1)
        IdempotencyRecord.objects.update(answer=answer)
        with pytest.raises(Exception, match="does not open"):
            idempotency.find("live", ["k"])


def test_an_answer_is_kept_as_long_as_the_tenant_says(api: Api, acme: TenantIdentity) -> None:
    api.post("/suppressions", BODY, idempotency_key="k")
    with in_tenant(acme):
        record = IdempotencyRecord.objects.get()
    kept = record.expires_at - record.created_at
    assert kept.total_seconds() == acme.idempotency_hours * 3600


def test_an_expired_answer_is_ignored_and_overwritten(api: Api, acme: TenantIdentity) -> None:
    api.post("/suppressions", BODY, idempotency_key="k")
    with in_tenant(acme), connection.cursor() as cursor:
        cursor.execute("UPDATE api_idempotencyrecord SET expires_at = now()")
    other = {**BODY, "address": "other@example.org"}
    assert api.post("/suppressions", other, idempotency_key="k").status == 201
    assert replayed(api.post("/suppressions", other, idempotency_key="k"))


@pytest.mark.parametrize(("path", "body"), [("/suppressions", BODY), ("/notify", NOTIFY)])
def test_redis_is_not_needed(
    api: Api, acme: TenantIdentity, redis_away: None, path: str, body: dict[str, Any]
) -> None:
    make_policy(acme)
    first = api.post(path, body, idempotency_key="k")
    second = api.post(path, body, idempotency_key="k")
    assert replayed(second)
    assert first.body == second.body


def test_a_crash_between_work_and_answer_replays_the_right_answer(
    api: Api, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_policy(acme)
    with monkeypatch.context() as patched:
        patched.setattr("notifications.api.single.answer", _crash)
        assert api.post("/notify", NOTIFY, idempotency_key="k").status == 500
    with in_tenant(acme):
        made = Notification.objects.get()
    answer = api.post("/notify", NOTIFY, idempotency_key="k")
    assert answer.status == 202
    assert replayed(answer)
    assert answer.body["id"] == str(made.id)


def test_a_crash_before_the_commit_leaves_nothing(
    api: Api, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("signalbus.api.idempotency.store", _crash)
        assert api.post("/suppressions", BODY, idempotency_key="k").status == 500
    with in_tenant(acme):
        assert not Suppression.objects.exists()
    assert not replayed(api.post("/suppressions", BODY, idempotency_key="k"))


def test_locks_and_answers_of_many_keys_are_one_statement_each(acme: TenantIdentity) -> None:
    keys = [f"k{number}" for number in range(1000)]
    stored = [
        idempotency.Stored(key=key, fingerprint=b"f", status_code=202, answer=b"{}") for key in keys
    ]
    with in_tenant(acme), transaction.atomic():
        assert idempotency.lock(acme.id, "live", keys) == set()
        idempotency.store("live", stored, hours=1)
        assert len(idempotency.find("live", keys)) == 1000


def _crash(*args: object, **kwargs: object) -> None:
    raise RuntimeError("the power went off")
