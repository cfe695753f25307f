"""Every act of the line under the condition that it needs, and without it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import transaction

from signalbus.bus import lines, outbox
from signalbus.bus.lines_sql import SOFT
from signalbus.bus.models import LinePause, OutboxEntry
from signalbus.bus.outbox import Claimed, NewEntry, Postponed
from signalbus.core.ids import new_id
from tests.bus.line import (
    STREAM,
    change,
    claimed,
    held,
    published,
    put,
    seconds_from_now,
    statements,
    wanted,
)

pytestmark = pytest.mark.usefixtures("database")


def test_a_new_entry_is_due_at_once() -> None:
    (entry,) = put()
    found = held(entry)
    assert (found.generation, found.published, found.claim, found.tries) == (0, False, None, 0)
    assert -5 < seconds_from_now(found.available_at) <= 0


def test_an_entry_may_be_for_later() -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    (entry,) = put(available_at=moment, reason="scheduled")
    assert (held(entry).available_at, held(entry).reason) == (moment, "scheduled")


def test_publishing_twice_changes_nothing() -> None:
    (entry,) = published()
    again = NewEntry(id=entry, stream=STREAM, tenant_id=1, partition_key=1)
    assert outbox.publish([again]) == set()
    assert held(entry).generation == 1


def test_relays_get_one_hint_per_stream_after_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    hint = Mock()
    monkeypatch.setattr(outbox, "hint", hint)
    with transaction.atomic():
        put(3)
        hint.assert_not_called()
    hint.assert_called_once_with(STREAM)


def test_what_is_for_later_or_rolled_back_gives_no_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    hint = Mock()
    monkeypatch.setattr(outbox, "hint", hint)
    put(available_at=datetime(2030, 1, 1, tzinfo=UTC))
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    hint.assert_not_called()


def test_a_claim_needs_publication_generation_and_nobody_before() -> None:
    fresh, stale, taken, (never,) = *published(3), put()
    outbox.claim([wanted(taken)])
    asked = [wanted(fresh), wanted(stale, 2), wanted(taken), wanted(never, 0)]
    assert outbox.claim(asked) == {fresh}
    assert held(fresh).claim == asked[0].attempt
    assert 50 < seconds_from_now(held(fresh).available_at) <= 60


def test_a_message_that_comes_again_is_stale_once_its_entry_is_claimed() -> None:
    entry, _ = claimed()
    assert held(entry).generation == 2
    assert outbox.settle_unclaimed([(entry, 1)]) == set()


def test_a_claim_notes_account_and_sender_and_uses_up_the_reservation() -> None:
    (entry,) = published()
    account = new_id()
    change([entry], reserved_account=account, reason="limited")
    outbox.claim([wanted(entry, account=account)])
    found = held(entry)
    assert (found.claim_account, found.claim_sender) == (account, "a@acme.test")
    assert (found.reserved_account, found.reason) == (None, "")


def test_the_claim_of_a_reconciliation_keeps_the_call_that_is_asked_about() -> None:
    entry, attempt = claimed()
    before = held(entry)
    outbox.postpone([Postponed(entry=entry, claim=attempt, purpose="reconcile")])
    change([entry], published=True, generation=3)
    assert outbox.claim([wanted(entry, 3, sender="somebody else")]) == {entry}
    after = held(entry)
    assert (after.claim_sender, after.claimed_at) == (before.claim_sender, before.claimed_at)


def test_a_claim_is_prolonged_only_by_its_attempt() -> None:
    mine, attempt = claimed()
    theirs, _ = claimed()
    claims = [Claimed(entry=entry, attempt=attempt, generation=2) for entry in (mine, theirs)]
    assert outbox.prolong(claims, 500) == {mine}
    assert seconds_from_now(held(mine).available_at) > 490
    assert seconds_from_now(held(theirs).available_at) < 100


def test_an_expired_claim_that_was_published_again_is_not_prolonged() -> None:
    entry, attempt = claimed()
    change([entry], generation=3)
    assert outbox.prolong([Claimed(entry=entry, attempt=attempt, generation=2)], 500) == set()
    assert seconds_from_now(held(entry).available_at) < 100


def test_an_unclaimed_entry_is_postponed_in_its_generation_only() -> None:
    (entry,) = published()
    assert outbox.postpone([Postponed(entry=entry, generation=2, delay=5)]) == set()
    assert outbox.postpone([Postponed(entry=entry, generation=1, delay=5, reason="quiet")])
    found = held(entry)
    assert (found.published, found.reason, found.generation) == (False, "quiet", 1)
    assert 3 < seconds_from_now(found.available_at) <= 5


def test_a_postponed_entry_is_not_postponed_again_by_a_doubled_message() -> None:
    (entry,) = published()
    outbox.postpone([Postponed(entry=entry, generation=1, delay=5)])
    assert outbox.postpone([Postponed(entry=entry, generation=1, delay=900)]) == set()


def test_a_claimed_entry_is_postponed_by_its_claim_whatever_the_generation() -> None:
    entry, attempt = claimed()
    change([entry], generation=7)
    assert outbox.postpone([Postponed(entry=entry, generation=7, delay=5)]) == set()
    assert outbox.postpone([Postponed(entry=entry, claim=new_id(), delay=5)]) == set()
    retry = Postponed(entry=entry, claim=attempt, delay=5, reason="busy", tries=2)
    assert outbox.postpone([retry]) == {entry}
    found = held(entry)
    assert (found.claim, found.published, found.tries, found.reason) == (None, False, 2, "busy")


def test_what_is_not_named_stays() -> None:
    (entry,) = published()
    account = new_id()
    change([entry], tries=4, crashes=1, reserved_account=account)
    outbox.postpone([Postponed(entry=entry, generation=1)])
    found = held(entry)
    assert (found.tries, found.crashes, found.purpose) == (4, 1, "send")
    assert found.reserved_account == account


def test_a_reservation_is_for_the_moment_that_it_waits_for() -> None:
    (entry,) = published()
    account, moment = new_id(), datetime(2030, 1, 1, tzinfo=UTC)
    later = Postponed(
        entry=entry, generation=1, available_at=moment, reserved_account=account, crashed=True
    )
    assert outbox.postpone([later]) == {entry}
    found = held(entry)
    assert (found.reserved_account, found.reserved_at) == (account, moment)
    assert (found.available_at, found.crashes) == (moment, 1)


def test_settling_unclaimed_spares_stale_and_claimed() -> None:
    fresh, stale = published(2)
    busy, _ = claimed()
    assert outbox.settle_unclaimed([(fresh, 1), (stale, 0), (busy, 1)]) == {fresh}
    assert set(OutboxEntry.objects.values_list("id", flat=True)) == {stale, busy}


def test_lock_then_remove() -> None:
    first, second = put(2)
    with transaction.atomic():
        assert list(outbox.lock([second, first, new_id()])) == [first, second]
        assert outbox.remove([first, new_id()]) == {first}
    assert outbox.peek([first, second]).keys() == {second}


def test_empty_lists_ask_nothing() -> None:
    with statements() as seen:
        outbox.publish([])
        outbox.claim([])
        outbox.prolong([], 1)
        outbox.postpone([])
        outbox.settle_unclaimed([])
        outbox.remove([])
        outbox.lock([])
        outbox.pauses([])
    assert seen == []


@pytest.mark.parametrize("count", [1, 300])
def test_the_number_of_statements_does_not_depend_on_the_size(count: int) -> None:
    ids = published(count)
    claims = [wanted(entry) for entry in ids]
    got = [Claimed(entry=w.entry, attempt=w.attempt, generation=2) for w in claims]
    later: list[Any] = [Postponed(entry=w.entry, claim=w.attempt, delay=1) for w in claims]
    unclaimed = published(count)
    with statements() as seen:
        put(count)
        outbox.claim(claims)
        outbox.prolong(got, 60)
        outbox.postpone([*later, *(Postponed(entry=e, generation=1) for e in unclaimed)])
        outbox.settle_unclaimed([(entry, 1) for entry in unclaimed])
        outbox.remove(ids)
    assert len(seen) == 7  # postponing claimed and unclaimed ones is two


def test_the_partition_key_is_stable_and_differs_by_tenant() -> None:
    recipient = new_id()
    assert outbox.partition_key(1, recipient) == outbox.partition_key(1, recipient)
    assert outbox.partition_key(1, recipient) != outbox.partition_key(2, recipient)
    assert -(2**63) <= outbox.partition_key(1, recipient) < 2**63


def test_a_line_runs_when_no_reason_is_left() -> None:
    pairs = [(STREAM, 1), ("sms.high", 1), (STREAM, 2)]
    outbox.pause(STREAM, 1, "breaker", "the only account is down")
    outbox.pause(STREAM, 1, "breaker")
    outbox.pause(outbox.EVERY_STREAM, 1, "suspended")
    assert outbox.pauses(pairs) == {(STREAM, 1), ("sms.high", 1)}
    outbox.resume(outbox.EVERY_STREAM, 1, "suspended")
    assert outbox.pauses(pairs) == {(STREAM, 1)}
    outbox.resume(STREAM, 1, "breaker")
    assert outbox.pauses(pairs) == set()


def test_many_lines_are_paused_and_resumed_in_a_statement_each() -> None:
    streams = ["email.high", "email.normal", "email.bulk"]
    pairs = [(stream, tenant) for stream in streams for tenant in (1, 2)]
    wanted = [
        outbox.Pausing(stream=stream, tenant_id=tenant, reason="breaker", seconds=60)
        for stream, tenant in pairs
    ]
    with statements() as seen:
        outbox.pause_all([*wanted, *wanted])
        outbox.resume_all(pairs[:5], "breaker")
    assert len(seen) == 2
    assert outbox.pauses(pairs) == {pairs[5]}


def test_a_pause_ends_by_itself_and_may_be_prolonged() -> None:
    pair = (STREAM, 1)
    outbox.pause(*pair, "breaker", seconds=0)
    assert outbox.pauses([pair]) == set()
    outbox.pause(*pair, "breaker", seconds=60)
    assert outbox.pauses([pair]) == {pair}
    assert 50 < seconds_from_now(LinePause.objects.get().until) < 60
    assert LinePause.objects.in_force().count() == 1


@pytest.mark.parametrize("reason", SOFT)
def test_a_soft_pause_is_only_the_relays_affair(reason: str) -> None:
    outbox.pause(STREAM, 1, reason, seconds=60)
    assert outbox.pauses([(STREAM, 1)]) == set()


def test_pauses_that_ended_long_ago_are_purged() -> None:
    for tenant, seconds in ((1, -1000), (2, -1), (3, 60), (4, None)):
        outbox.pause(STREAM, tenant, "breaker", seconds=seconds)
    assert lines.purge_lapsed() == 1
    assert sorted(LinePause.objects.values_list("tenant_id", flat=True)) == [2, 3, 4]


def test_two_claims_at_once_have_one_winner() -> None:
    (entry,) = published()
    first, second = wanted(entry), wanted(entry)
    assert outbox.claim([first]) == {entry}
    assert outbox.claim([second]) == set()
    assert held(entry).claim == first.attempt


def test_the_clock_is_the_databases_of_this_moment_also_in_an_old_transaction() -> None:
    with transaction.atomic():
        (entry,) = published()
        change([entry], available_at=held(entry).available_at - timedelta(days=1))
        outbox.claim([wanted(entry, visible_for=10)])
        assert 8 < seconds_from_now(held(entry).available_at) <= 10
