"""The relay over the real PostgreSQL and Kafka: whose turn it is, and what becomes of failures."""

import threading
import time
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection, transaction

from signalbus.bus import look, outbox, window
from signalbus.bus.models import Line, OutboxEntry
from signalbus.bus.outbox import EVERY_STREAM, Postponed
from signalbus.bus.plan import HANDFUL
from signalbus.bus.relay import BATCH, Relay
from signalbus.bus.relay_loop import RelayLoop
from signalbus.core.ids import new_id
from tests.bus.line import (
    STREAM,
    change,
    claimed,
    database_now,
    held,
    published,
    put,
    seconds_from_now,
    statements,
    taken,
    wanted,
)

pytestmark = pytest.mark.usefixtures("database", "streams")


def test_a_publication_raises_the_generation_and_hides_the_entry(relay: Relay) -> None:
    (entry,) = put()
    assert relay.drain() == 1
    found = held(entry)
    assert (found.generation, found.published) == (1, True)
    assert 110 < seconds_from_now(found.available_at) <= 120
    assert relay.drain() == 0


def test_the_high_lane_is_seen_again_sooner(relay: Relay) -> None:
    (entry,) = put(stream="sms.high")
    relay.drain()
    assert 25 < seconds_from_now(held(entry).available_at) <= 30


def test_what_nobody_settles_is_published_again(relay: Relay) -> None:
    (entry,) = put()
    relay.drain()
    change([entry], available_at=database_now())
    assert relay.drain() == 1
    assert held(entry).generation == 2


def test_what_is_for_later_waits_and_shortens_the_next_wait(relay: Relay) -> None:
    put(available_at=database_now() + timedelta(seconds=0.5))
    assert relay.drain() == 0
    assert 0.2 < relay.pause() <= 0.5


def test_a_small_tenant_is_out_in_the_first_round(relay: Relay) -> None:
    put(5000, tenant=1)
    put(5, tenant=2)
    assert relay.step() == BATCH // 2 + 5
    assert taken(tenant=2) == 5
    assert relay.step() == window.FLOOR - (BATCH // 2 + 5)


def test_tenants_share_by_turns_and_weight(relay: Relay) -> None:
    for tenant in (1, 2, 3):
        put(HANDFUL * 4, tenant=tenant)
    Line.objects.create(stream=STREAM, tenant_id=2, weight=2)
    relay.step(HANDFUL * 4)
    assert [taken(tenant=tenant) for tenant in (1, 2, 3)] == [HANDFUL, 2 * HANDFUL, HANDFUL]


def test_many_tenants_come_round_one_after_the_other(relay: Relay) -> None:
    for tenant in range(1, 31):
        put(20, tenant=tenant)
    for _ in range(3):
        relay.step(200)
    assert taken() == 600
    assert [taken(tenant=tenant) for tenant in range(1, 31)] == [20] * 30


def test_the_urgent_lanes_go_first(relay: Relay) -> None:
    for stream in ("email.bulk", "email.normal", "sms.normal", "email.high"):
        put(100, stream=stream)
    relay.step(300)
    streams = ("email.high", "email.normal", "sms.normal", "email.bulk")
    assert [taken(stream=stream) for stream in streams] == [100, 100, 100, 0]


def test_only_a_window_of_the_backlog_is_published(relay: Relay) -> None:
    put(window.FLOOR + 300)
    assert relay.drain(5000) == window.FLOOR
    assert relay.drain(5000) == 0
    assert relay.pause() < 0.1


def test_calls_under_way_take_no_room_in_the_window(relay: Relay) -> None:
    ids = put(window.FLOOR + 300)
    relay.drain(5000)
    waiting = OutboxEntry.objects.filter(published=True).values_list("id", flat=True)
    outbox.claim([wanted(entry) for entry in waiting[:200]])
    assert relay.drain(5000) == 200
    assert len(ids) - taken() == 100


def test_one_tenant_has_half_of_the_window_while_another_waits(relay: Relay) -> None:
    put(3000, tenant=1)
    put(3000, tenant=2)
    assert relay.drain(5000) == window.FLOOR
    assert (taken(tenant=1), taken(tenant=2)) == (window.FLOOR // 2, window.FLOOR // 2)


def test_leases_that_ran_out_take_no_room(relay: Relay) -> None:
    ids = put(window.FLOOR)
    relay.drain(5000)
    change(ids, available_at=database_now())
    assert relay.drain(5000) == window.FLOOR


@pytest.mark.parametrize("stream", [STREAM, EVERY_STREAM])
def test_a_paused_line_stands_still_until_the_last_reason_is_gone(
    relay: Relay, stream: str
) -> None:
    put(3, tenant=1)
    put(3, tenant=2)
    outbox.pause(stream, 1, "suspended")
    outbox.pause(STREAM, 1, "breaker")
    assert relay.drain() == 3
    outbox.resume(stream, 1, "suspended")
    assert relay.drain() == 0
    outbox.resume(STREAM, 1, "breaker")
    assert relay.drain() == 3


def test_a_pause_that_has_ended_by_itself_lets_a_handful_try(relay: Relay) -> None:
    put(200, tenant=1)
    outbox.pause(STREAM, 1, "breaker", seconds=0.3)
    assert relay.drain() == 0
    assert relay.pause() <= 0.3
    time.sleep(0.35)
    assert relay.drain() == HANDFUL
    outbox.resume(STREAM, 1, "breaker")
    assert relay.drain() == 200 - HANDFUL


def test_a_limits_pause_lets_those_go_on_that_have_their_moment(relay: Relay) -> None:
    ids = put(200)
    now = database_now()
    reserved = {"reserved_account": new_id(), "reserved_at": now}
    change(ids[:3], **reserved, available_at=now)
    change(ids[3:5], **reserved, available_at=now + timedelta(seconds=0.4))
    outbox.pause(STREAM, 1, "limit", seconds=60)
    assert relay.drain() == 3
    assert relay.pause() <= 0.4
    assert relay.something_due, "an emptying relay waits for the others"
    time.sleep(0.5)
    assert relay.drain() == 2
    outbox.pause(STREAM, 1, "suspended")
    change(ids[5:7], **reserved, available_at=now)
    assert relay.drain() == 0


def test_a_breakers_pause_lets_only_those_go_on_that_call_no_provider(relay: Relay) -> None:
    now, account = database_now(), new_id()
    sends, watches = put(200), put(HANDFUL + 51, purpose="watch")
    change(sends[:3], reserved_account=account, reserved_at=now)
    change(watches, reserved_account=account)
    change(watches[-1:], available_at=now + timedelta(seconds=0.4))
    outbox.pause(STREAM, 1, "limit", seconds=60)
    outbox.pause(STREAM, 1, "breaker", seconds=60)
    assert relay.drain() == HANDFUL + 50
    assert not any(held(entry).published for entry in sends)
    assert relay.pause() <= 0.4
    assert not relay.something_due, "an emptying relay does not wait for a provider"
    time.sleep(0.5)
    assert relay.drain() == 1
    outbox.resume(STREAM, 1, "breaker")
    assert relay.drain() == 3


def test_a_pause_for_good_holds_back_what_calls_no_provider_too(relay: Relay) -> None:
    change(put(3, purpose="watch"), reserved_account=new_id())
    outbox.pause(STREAM, 1, "breaker", seconds=60)
    outbox.pause(EVERY_STREAM, 1, "suspended")
    assert relay.drain() == 0


def test_an_expired_claim_is_published_on_a_paused_line_too(relay: Relay) -> None:
    entry, attempt = claimed()
    outbox.pause(STREAM, 1, "suspended")
    assert relay.drain() == 0
    change([entry], available_at=database_now())
    assert relay.drain() == 1
    found = held(entry)
    assert (found.generation, found.claim, found.published) == (3, attempt, True)
    assert outbox.claim([wanted(entry, 3)]) == set()
    assert outbox.postpone([Postponed(entry=entry, claim=attempt)]) == {entry}


def test_messages_leave_the_line_once_kafka_has_them(relay: Relay) -> None:
    put(purpose="message", stream="dead", tenant=outbox.PLATFORM, body={"reason": "a test"})
    assert relay.drain() == 1
    assert not OutboxEntry.objects.exists()


def test_what_kafka_refuses_is_given_back_and_the_rest_is_not(relay: Relay) -> None:
    good = put(3)
    (refused,) = put(purpose="message", body={"reason": "x" * 1_100_000})  # Kafka's limit: 1 MB
    before = held(refused).available_at
    assert relay.step() == 3
    assert [held(entry).published for entry in good] == [True] * 3
    found = held(refused)
    assert (found.published, found.generation, found.available_at) == (False, 1, before)


def test_without_kafka_entries_are_given_back_once_and_then_left_alone(
    settings: Any,
) -> None:
    settings.KAFKA_OPTIONS = {"bootstrap.servers": "127.0.0.1:1", "message.timeout.ms": "300"}
    relay = Relay()
    ids = put(20)
    began = time.monotonic()
    assert relay.drain() == 0
    assert relay.drain() == 0
    assert {(h.published, h.generation) for h in outbox.peek(ids).values()} == {(False, 1)}
    assert time.monotonic() - began < 5


def test_nothing_is_given_back_that_a_worker_got_nevertheless(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    got, lost = put(2)

    def refuse(entries: list[object]) -> list[object]:
        outbox.claim([wanted(got)])
        return entries

    monkeypatch.setattr(relay, "_publisher", Mock(send=refuse))
    relay.step()
    assert held(got).claim is not None
    assert held(got).published
    assert seconds_from_now(held(got).available_at) > 50
    assert not held(lost).published


def test_an_expired_claim_that_kafka_refused_comes_due_again(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, attempt = claimed()
    change([entry], available_at=database_now())
    monkeypatch.setattr(relay, "_publisher", Mock(send=list))
    relay.step()
    found = held(entry)
    assert (found.claim, found.published, found.generation) == (attempt, True, 3)
    assert seconds_from_now(found.available_at) < 0


def test_two_relays_publish_each_entry_once(relay: Relay) -> None:
    ids = [entry for tenant in range(1, 5) for entry in put(window.FLOOR // 5, tenant=tenant)]
    totals: list[int] = []

    def drain() -> None:
        totals.append(Relay().drain(5000))
        connection.close()

    threads = [threading.Thread(target=drain) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(totals) == len(ids)
    assert {entry.generation for entry in outbox.peek(ids).values()} == {1}


def test_an_entry_that_somebody_holds_is_passed_over(relay: Relay) -> None:
    busy, free = put(2)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            outbox.lock([busy])
            holding.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(10)
    assert relay.drain() == 1
    done.set()
    thread.join(10)
    assert (held(busy).published, held(free).published) == (False, True)


def test_after_an_outage_of_postgresql_leases_are_left_alone_for_a_while(relay: Relay) -> None:
    leased, fresh = published()[0], put()[0]
    entry, _ = claimed()
    change([leased, entry], available_at=database_now())
    relay.note_database_outage()
    assert relay.drain() == 1
    assert held(fresh).published
    assert held(leased).generation == 1


def test_a_look_at_a_line_that_is_empty_is_one_statement(relay: Relay) -> None:
    with statements() as seen:
        relay.drain()
    assert len(seen) == 1


@pytest.mark.parametrize(("entries", "tenants"), [(1, 1), (400, 1), (40, 10)])
def test_a_batch_is_four_statements_whatever_is_in_it(
    relay: Relay, entries: int, tenants: int
) -> None:
    for tenant in range(1, tenants + 1):
        put(entries, tenant=tenant)
    with statements() as seen:
        assert relay.step() == entries * tenants
    assert len(seen) == 4  # survey, running lines, what waits in Kafka, lease


def test_it_runs_until_nothing_is_due() -> None:
    put(window.FLOOR // 2)
    outbox.pause("email.high", 1, "suspended")
    put(stream="email.high")
    RelayLoop(threading.Event()).run(until_empty=True)
    assert taken() == window.FLOOR // 2


def test_the_look_remembers_whose_turn_it_was() -> None:
    put(5, tenant=4)
    put(5, tenant=5)
    looking = look.Look()
    looking.note(STREAM, [4], 5)
    (plan,) = looking.plan([STREAM]).streams
    assert [line.tenant_id for line in plan.lines] == [5, 4]
