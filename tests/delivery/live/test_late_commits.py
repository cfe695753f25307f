"""Ids are given before they are committed: none is passed by, and none is waited for for ever."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from delivery.live.places import PATIENCE, Place
from notifications.models import Delivery
from tenants.identity import TenantIdentity
from tests.delivery.live.conftest import Streaming, made, move
from tests.processes import _test_database_url


@pytest.fixture
def other(acme: TenantIdentity) -> Iterator[Any]:
    """A connection of somebody else's, in acme's schema; what it does is not committed."""
    with psycopg.connect(_test_database_url()) as connection:
        connection.execute(f'SET search_path = "{acme.schema}"')
        connection.commit()
        yield connection
        connection.rollback()


def fail(connection: Any, delivery: Delivery) -> None:
    connection.execute(
        "UPDATE notifications_delivery SET status = 'failed' WHERE id = %s", [delivery.id]
    )


def test_what_is_committed_late_is_told_in_its_place(
    streaming: Streaming, acme: TenantIdentity, other: Any
) -> None:
    late, early = made(acme), made(acme)
    stream = streaming.listen()
    fail(other, late)
    move(acme, early, status="sent")
    assert stream.silence(0.6) == []
    other.commit()
    assert [event.data["status"] for event in stream.events(2)] == ["failed", "sent"]


def test_who_comes_back_in_between_misses_nothing(
    streaming: Streaming, acme: TenantIdentity, other: Any
) -> None:
    late, early = made(acme), made(acme)
    first = streaming.listen()
    fail(other, late)
    move(acme, early, status="sent")
    back = streaming.ask(streaming.key, last_id=first.last_id)
    assert first.silence(0.6) == []
    other.commit()
    assert [event.data["status"] for event in back.events(2)] == ["failed", "sent"]


def test_what_is_rolled_back_holds_nothing_up(
    streaming: Streaming, acme: TenantIdentity, other: Any
) -> None:
    gone, early = made(acme), made(acme)
    stream = streaming.listen()
    fail(other, gone)
    move(acme, early, status="sent")
    other.rollback()
    assert [event.data["status"] for event in stream.events(1)] == ["sent"]


def test_other_work_that_takes_long_holds_nothing_up(
    streaming: Streaming, acme: TenantIdentity, other: Any
) -> None:
    """Such as a batch of another tenant's, or a migration."""
    delivery = made(acme)
    stream = streaming.listen()
    other.execute("SELECT pg_current_xact_id()")
    move(acme, delivery, status="sent")
    assert [event.data["status"] for event in stream.events(1)] == ["sent"]


def test_a_stream_begins_beside_work_that_takes_long(streaming: Streaming, other: Any) -> None:
    other.execute("SELECT pg_current_xact_id()")
    streaming.listen()


def test_ids_that_follow_each_other_are_taken_at_once() -> None:
    place = Place(10)
    assert place.take([11, 12, 13], oldest_running=0, now=0.0) == 3
    assert (place.at, place.mark) == (13, None)


def test_a_missing_id_is_waited_for_until_older_transactions_have_ended() -> None:
    place = Place(10)
    assert place.take([11, 13, 14], oldest_running=0, now=0.0) == 1
    assert place.mark is not None
    place.mark.transaction = 500
    assert place.take([13, 14], oldest_running=499, now=1.0) == 0
    assert place.take([13, 14, 15, 17], oldest_running=500, now=2.0) == 3
    assert (place.at, place.mark.upto) == (15, 17)


def test_a_missing_id_that_comes_is_told_at_once() -> None:
    place = Place(10)
    place.take([12], oldest_running=0, now=0.0)
    assert place.take([11, 12], oldest_running=0, now=0.1) == 2
    assert place.mark is None


def test_no_transaction_is_waited_for_for_ever() -> None:
    place = Place(10)
    place.take([12], oldest_running=0, now=0.0)
    assert place.mark is not None
    place.mark.transaction = 500
    assert place.take([12], oldest_running=1, now=PATIENCE) == 0
    assert place.take([12], oldest_running=1, now=PATIENCE + 1) == 1
