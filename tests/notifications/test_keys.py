"""Idempotency keys of single requests, of batches and of their items."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction

from notifications import accept
from notifications.models import Batch
from signalbus.api import idempotency
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Answer, Api
from tests.notifications.asking import letter, shipped, written

KEY = {"Idempotency_Key": "order-1"}


def test_a_repeat_gets_the_stored_answer(api: Api, acme: TenantIdentity) -> None:
    first = api.post("/notify", shipped(), **KEY)
    again = api.post("/notify", shipped(), **KEY)
    assert (again.status, again.body) == (202, first.body)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert written(acme)["Notification"] == 1


def test_another_body_is_refused(api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped(), **KEY)
    answer = api.post("/notify", shipped(data={"order": "A-2"}), **KEY)
    assert (answer.status, answer.kind) == (422, "idempotency-mismatch")
    assert written(acme)["Notification"] == 1


def test_what_was_refused_is_not_kept(api: Api) -> None:
    assert api.post("/notify", shipped(data={}), **KEY).status == 422
    assert api.post("/notify", shipped(), **KEY).status == 202


def test_a_key_is_of_its_tenant_and_mode(
    api: Api, test_api: Api, globex_api: Api, acme: TenantIdentity
) -> None:
    answers = [each.post("/notify", shipped(), **KEY) for each in (api, test_api, globex_api)]
    assert len({answer.body["id"] for answer in answers}) == 3


def test_a_key_that_runs_elsewhere_is_in_progress(api: Api, acme: TenantIdentity) -> None:
    with in_tenant(acme), transaction.atomic():
        assert idempotency.lock(acme.id, "live", ["order-1"]) == set()
        answer = api.post("/notify", shipped(), **KEY)
    assert (answer.status, answer.kind) == (409, "in-progress")
    assert answer.headers["Retry-After"] == "1"


def test_a_key_that_cannot_be_one_is_refused(api: Api) -> None:
    assert (
        api.post("/notify", shipped(), Idempotency_Key="x" * 256).kind == "invalid-idempotency-key"
    )


def test_fifty_at_once_make_one_notification(api: Api, acme: TenantIdentity) -> None:
    answers = at_once(50, lambda: api.post("/notify", shipped(), **KEY))
    assert {answer.status for answer in answers} <= {202, 409}
    accepted = [answer for answer in answers if answer.status == 202]
    assert len({answer.body["id"] for answer in accepted}) == 1
    assert Counter("Idempotency-Replayed" in answer.headers for answer in accepted)[False] == 1
    assert written(acme)["Notification"] == 1


def test_a_crash_between_commit_and_answer_is_replayed(
    api: Api, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notifications import group_commit

    def crash(*args: Any, **kwargs: Any) -> Any:
        accept.accept(*args, **kwargs)
        raise RuntimeError("the process dies here")

    with monkeypatch.context() as patched:
        patched.setattr(group_commit, "accept", crash)
        assert api.post("/notify", shipped(), **KEY).status == 500
    assert written(acme)["Notification"] == 1
    again = api.post("/notify", shipped(), **KEY)
    assert (again.status, again.headers["Idempotency-Replayed"]) == (202, "true")
    assert written(acme)["Notification"] == 1


def test_a_batch_is_replayed_as_a_whole(api: Api, acme: TenantIdentity) -> None:
    body = {"items": [letter(), letter(to="wrong")]}
    first = api.post("/notifications/batch", body, **KEY)
    again = api.post("/notifications/batch", body, **KEY)
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    other = api.post("/notifications/batch", {"items": [letter()]}, **KEY)
    assert other.kind == "idempotency-mismatch"
    with in_tenant(acme):
        assert Batch.objects.count() == 1
    assert written(acme)["Notification"] == 1


def test_items_have_keys_of_their_own(api: Api, acme: TenantIdentity) -> None:
    one, two = letter(idempotency_key="one"), letter(idempotency_key="two")
    first = api.post("/notifications/batch", {"items": [one, two]}).body["results"]
    changed = {**two, "text": "Other"}
    items = [one, changed, letter(idempotency_key="three"), one]
    again = api.post("/notifications/batch", {"items": items}).body["results"]
    assert [result["status"] for result in again] == [202, 422, 202, 202]
    assert again[0]["id"] == again[3]["id"] == first[0]["id"]
    assert [result.get("replayed", False) for result in again] == [True, False, False, True]
    assert again[1]["type"].endswith("idempotency-mismatch")
    assert written(acme)["Notification"] == 3


def test_a_key_twice_in_a_batch_runs_once(api: Api, acme: TenantIdentity) -> None:
    item = letter(idempotency_key="one")
    items = [item, item, {**item, "text": "Other"}]
    results = api.post("/notifications/batch", {"items": items}).body["results"]
    assert [result["status"] for result in results] == [202, 202, 422]
    assert results[0]["id"] == results[1]["id"]
    assert written(acme)["Notification"] == 1


def test_an_item_cannot_take_the_key_of_its_batch(api: Api, acme: TenantIdentity) -> None:
    body = {"items": [letter(), letter(idempotency_key="order-1")]}
    first = api.post("/notifications/batch", body, **KEY)
    assert [result["status"] for result in first.body["results"]] == [202, 422]
    (error,) = first.body["results"][1]["errors"]
    assert error["pointer"] == "/items/1/idempotency_key"
    assert api.post("/notifications/batch", body, **KEY).body == first.body
    assert written(acme)["Notification"] == 1


def test_a_request_is_the_same_alone_and_in_a_batch(api: Api, acme: TenantIdentity) -> None:
    alone = api.post("/notify", shipped(), **KEY)
    item = {**shipped(), "idempotency_key": "order-1", "priority": None}
    result = api.post("/notifications/batch", {"items": [item]}).body["results"][0]
    assert (result["status"], result["id"], result["replayed"]) == (202, alone.body["id"], True)


def at_once(number: int, call: Any) -> list[Answer]:
    """The answers of calls that begin together, each in a thread with a connection of its own."""
    together = threading.Barrier(number)
    answers: list[Answer] = []

    def run() -> None:
        together.wait()
        answers.append(call())
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
