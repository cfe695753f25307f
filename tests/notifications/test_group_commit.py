"""Concurrent requests gathered into one transaction."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from notifications import gathering, group_commit, group_connection, planning
from notifications.accept import accept
from notifications.checking import check_direct
from notifications.checks import Context
from notifications.gathering import Gatherer, Waiting
from notifications.group_commit import accept_group
from notifications.models import Notification
from notifications.requests import DirectRequest
from notifications.values import Accepted, Asked, Refused
from signalbus.api.problems import Problem
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.notifications.asking import letter, written

TRACE = f"00-{'a' * 32}-{'b' * 16}-00"


def asked(**changes: Any) -> Asked:
    request = msgspec.convert(letter(**changes), DirectRequest)
    found = check_direct(request, Context(now=timezone.now(), trace=TRACE))
    assert isinstance(found, Asked)
    return found


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the groups that were accepted."""
    sizes: list[int] = []

    def counted(tenant: Any, mode: str, requests: Any, **more: Any) -> Any:
        sizes.append(len(requests))
        return accept(tenant, mode, requests, **more)

    monkeypatch.setattr(group_commit, "accept", counted)
    return sizes


@pytest.fixture
def gatherer() -> Iterator[Gatherer]:
    made = Gatherer(accept_group)
    yield made
    made.stop()


class Held:
    """Keeps the first group from being accepted until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        real = group_commit.accept

        def held(*args: Any, **kwargs: Any) -> Any:
            self.begun.set()
            self.go.wait(10)
            return real(*args, **kwargs)

        monkeypatch.setattr(group_commit, "accept", held)


def gather(calls: list[Callable[[], Any]]) -> list[Any]:
    """What the calls return or raise, each in a thread of its own."""
    outcomes: list[Any] = [None] * len(calls)

    def run(index: int) -> None:
        try:
            outcomes[index] = calls[index]()
        except Exception as error:
            outcomes[index] = error
        connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def together(
    gatherer: Gatherer, tenant: TenantIdentity, requests: list[Asked], held: Held
) -> list[Any]:
    """Submit one request, and while it runs all others, which then form one group."""
    first = asked()
    opener = threading.Thread(target=lambda: gatherer.submit(tenant, "live", first))
    opener.start()
    held.begun.wait(10)
    timer = threading.Timer(0.3, held.go.set)
    timer.start()
    outcomes = gather(
        [lambda each=each: gatherer.submit(tenant, "live", each) for each in requests]
    )
    opener.join()
    return outcomes


def test_who_waits_together_is_accepted_together(
    acme: TenantIdentity, gatherer: Gatherer, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = together(gatherer, acme, [asked() for _ in range(20)], Held(monkeypatch))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert groups == [1, 20]
    assert written(acme)["Notification"] == 21


def test_an_idle_process_does_not_wait(acme: TenantIdentity, gatherer: Gatherer) -> None:
    gatherer.submit(acme, "live", asked())
    began = time.perf_counter()
    gatherer.submit(acme, "live", asked())
    assert time.perf_counter() - began < 0.5


def test_tenants_and_modes_have_transactions_of_their_own(
    acme: TenantIdentity, globex: TenantIdentity, gatherer: Gatherer
) -> None:
    calls = [(acme, "live"), (globex, "live"), (acme, "test"), (globex, "test")] * 3
    gather([lambda c=call: gatherer.submit(c[0], c[1], asked()) for call in calls])
    for tenant in (acme, globex):
        with in_tenant(tenant):
            assert Notification.objects.filter(mode="live").count() == 3
            assert Notification.objects.filter(mode="test").count() == 3


def test_a_refused_member_harms_no_other(
    acme: TenantIdentity, gatherer: Gatherer, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [asked(), asked(template="nothing", subject=None, text=None), asked()]
    outcomes = together(gatherer, acme, requests, Held(monkeypatch))
    assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Accepted]


def test_a_member_that_the_database_refuses_harms_no_other(
    acme: TenantIdentity, gatherer: Gatherer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = planning.Planner.plan

    def spoiled(self: Any, each: Asked) -> Any:
        plan = real(self, each)
        return msgspec.structs.replace(plan, locale="x" * 99) if each.correlation_id else plan

    monkeypatch.setattr(planning.Planner, "plan", spoiled)
    requests = [asked(), asked(correlation_id="bad"), asked()]
    outcomes = together(gatherer, acme, requests, Held(monkeypatch))
    assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Accepted]
    assert outcomes[1].kind == "internal"
    assert written(acme)["Notification"] == 3


def test_what_the_database_refuses_is_logged_without_the_row(
    acme: TenantIdentity,
    gatherer: Gatherer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    real = planning.Planner.plan

    def spoiled(self: Any, each: Asked) -> Any:
        return msgspec.structs.replace(real(self, each), locale=None)

    monkeypatch.setattr(planning.Planner, "plan", spoiled)
    refused = gatherer.submit(
        acme, "live", asked(text="Your code is {{ code }}", data={"code": "831947"})
    )
    assert isinstance(refused, Refused)
    assert "SQLSTATE 23502, table notifications_" in caplog.text
    assert "Failing row" not in caplog.text
    assert "831947" not in caplog.text


def test_a_member_that_cannot_be_planned_harms_no_other(
    acme: TenantIdentity, gatherer: Gatherer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = planning.Planner.plan

    def broken(self: Any, each: Asked) -> Any:
        return 1 / 0 if each.correlation_id else real(self, each)

    monkeypatch.setattr(planning.Planner, "plan", broken)
    requests = [asked(), asked(correlation_id="bad")]
    outcomes = together(gatherer, acme, requests, Held(monkeypatch))
    assert [type(outcome) for outcome in outcomes] == [Accepted, Refused]


def test_who_waits_too_long_leaves_the_queue(
    acme: TenantIdentity, gatherer: Gatherer, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    first = threading.Thread(target=lambda: gatherer.submit(acme, "live", asked()))
    first.start()
    held.begun.wait(10)
    monkeypatch.setattr(gathering, "LONGEST_WAIT", 0.1)
    with pytest.raises(Problem) as refused:
        gatherer.submit(acme, "live", asked())
    held.go.set()
    first.join()
    assert (refused.value.kind, refused.value.status) == ("busy", 503)
    assert "same Idempotency-Key" in refused.value.detail
    gatherer.stop()
    assert written(acme)["Notification"] == 1


def test_who_was_taken_already_waits_for_the_end(
    acme: TenantIdentity, gatherer: Gatherer, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    monkeypatch.setattr(gathering, "LONGEST_WAIT", 0.1)
    threading.Timer(0.5, held.go.set).start()
    assert isinstance(gatherer.submit(acme, "live", asked()), Accepted)


def test_a_lost_answer_to_commit_makes_nothing_twice(
    acme: TenantIdentity, gatherer: Gatherer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[bool] = []

    def losing(*args: Any, **kwargs: Any) -> Any:
        results = accept(*args, **kwargs)
        if not lost:
            lost.append(True)
            raise OperationalError("server closed the connection unexpectedly")
        return results

    monkeypatch.setattr(group_commit, "accept", losing)
    request = asked()
    answered = gatherer.submit(acme, "live", request)
    assert isinstance(answered, Accepted)
    assert answered.answer["id"] == request.id
    assert [d["status"] for d in answered.answer["deliveries"]] == ["queued"]
    assert written(acme)["Notification"] == written(acme)["OutboxEntry"] == 1


def test_a_connection_that_broke_is_replaced(acme: TenantIdentity, gatherer: Gatherer) -> None:
    gatherer.submit(acme, "live", asked())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert isinstance(gatherer.submit(acme, "live", asked()), Accepted)
    assert written(acme)["Notification"] == 2


def test_a_long_lock_is_told_to_whom_it_hits_and_holds_up_nobody_else(
    acme: TenantIdentity, globex: TenantIdentity, gatherer: Gatherer, monkeypatch: Any
) -> None:
    monkeypatch.setattr(group_connection, "LONGEST_LOCK", 0.3)
    began = time.perf_counter()
    with in_tenant(acme), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE notifications_notification")
        calls = [lambda t=tenant: gatherer.submit(t, "live", asked()) for tenant in (acme, globex)]
        hit, other = gather(calls)
    assert time.perf_counter() - began < 2
    assert isinstance(hit, Problem)
    assert (hit.kind, hit.status, hit.headers["Retry-After"]) == ("busy", 503, "5")
    assert "long lock" in hit.detail
    assert isinstance(other, Accepted)
    assert isinstance(gatherer.submit(acme, "live", asked()), Accepted)
    assert written(acme)["Notification"] == written(globex)["Notification"] == 1


def test_a_database_that_is_away_is_told_to_all(
    acme: TenantIdentity, gatherer: Gatherer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("connection refused")

    monkeypatch.setattr(group_commit, "accept", away)
    with pytest.raises(OperationalError):
        gatherer.submit(acme, "live", asked())
    monkeypatch.setattr(group_commit, "accept", accept)
    assert isinstance(gatherer.submit(acme, "live", asked()), Accepted)


@pytest.mark.parametrize(
    "raised",
    [OperationalError("connection refused"), Problem("busy", "Later.", headers={"X": "1"})],
    ids=lambda error: type(error).__name__,
)
def test_each_who_waits_gets_an_error_of_its_own(
    acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise raised

    monkeypatch.setattr(group_commit, "accept", refuse)
    waiting = [Waiting(acme, "live", asked()) for _ in range(2)]
    group_commit.accept_group(waiting)
    first, second = outcomes = gather([each.outcome for each in waiting])
    assert first is not second
    for outcome in outcomes:
        assert type(outcome) is type(raised)
        assert str(outcome) == str(raised)
        assert outcome.__dict__ == raised.__dict__
        assert outcome.__cause__ is raised


def test_who_comes_while_the_thread_ends_gets_another(
    acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    gatherer = Gatherer(accept_group)
    first = threading.Thread(target=lambda: gatherer.submit(acme, "live", asked()))
    first.start()
    held.begun.wait(10)
    ending = threading.Thread(target=gatherer.stop)
    ending.start()
    ended = gatherer._thread
    second = threading.Thread(target=lambda: gatherer.submit(acme, "live", asked()))
    second.start()
    time.sleep(0.1)
    held.go.set()
    for thread in (first, second, ending):
        thread.join(5)
    assert ended is not None
    assert not ending.is_alive()
    assert not ended.is_alive()
    gatherer.stop()
    assert gatherer._thread is not None
    assert not gatherer._thread.is_alive()
    assert written(acme)["Notification"] == 2


def test_the_thread_begins_again_after_it_ended(acme: TenantIdentity, gatherer: Gatherer) -> None:
    gatherer.submit(acme, "live", asked())
    gatherer.stop()
    assert isinstance(gatherer.submit(acme, "live", asked()), Accepted)


def test_a_forked_process_has_a_queue_of_its_own(acme: TenantIdentity) -> None:
    group_commit.submit(acme, "live", asked())
    before = group_commit._gatherer
    child = os.fork()
    if child == 0:
        os._exit(0 if group_commit._gatherer is not before else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
