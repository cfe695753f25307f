"""Who comes back misses nothing and sees nothing twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from delivery.live import trimming
from delivery.models import Listening, Move
from notifications.models import Delivery
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.live.conftest import Streaming, made, move
from tests.delivery.live.listening import Event, Stream
from tests.processes import eventually

ROUNDS = 60


def statuses(events: list[Event]) -> list[str]:
    return [event.data["status"] for event in events]


def test_what_happened_meanwhile_is_told_first(streaming: Streaming, acme: TenantIdentity) -> None:
    delivery = made(acme)
    stream = streaming.listen()
    move(acme, delivery, status="sent")
    (sent,) = stream.events(1)
    stream.close()
    move(acme, delivery, status="failed")
    move(acme, delivery, status="queued")
    back = streaming.listen(last_id=sent.id)
    assert statuses(back.events(2)) == ["failed", "queued"]
    move(acme, delivery, status="dead")
    assert statuses(back.events(1)) == ["dead"]
    assert back.silence(0.4) == []


def test_the_id_may_stand_in_the_address(streaming: Streaming, acme: TenantIdentity) -> None:
    delivery = made(acme)
    stream = streaming.listen()
    move(acme, delivery, status="sent")
    move(acme, delivery, status="failed")
    first, _ = stream.events(2)
    assert statuses(streaming.listen(last_event_id=str(first.id)).events(1)) == ["failed"]


def test_a_stream_without_an_event_can_be_resumed_too(
    streaming: Streaming, acme: TenantIdentity
) -> None:
    stream = streaming.listen()
    made(acme)
    assert statuses(streaming.listen(last_id=stream.last_id).events(1)) == ["queued"]


def test_many_events_are_told_page_by_page(streaming: Streaming, acme: TenantIdentity) -> None:
    delivery = made(acme)
    stream = streaming.listen()
    for _ in range(4):
        move(acme, delivery, status="failed")
        move(acme, delivery, status="queued")
    with in_tenant(acme), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO delivery_move (at, mode, channel, topic, notification_id, delivery_id,"
            " status, previous, reason, provider, error_class) SELECT at, mode, channel, topic,"
            " notification_id, delivery_id, status, previous, reason, provider, error_class"
            " FROM delivery_move, generate_series(1, 100)"
        )
    everything = [event.id for event in stream.events(808)]
    assert everything == sorted(set(everything))
    again = streaming.listen(last_id=everything[0])
    assert [event.id for event in again.events(807)] == everything[1:]


def test_with_filters_too(streaming: Streaming, acme: TenantIdentity) -> None:
    stream = streaming.listen()
    made(acme, channel="sms")
    made(acme, channel="email")
    first = stream.events(2)[0]
    back = streaming.listen(last_id=first.id - 1, channel="email")
    assert [event.data["channel"] for event in back.events(1)] == ["email"]
    assert back.silence(0.4) == []


def test_who_comes_back_too_late_is_told_so(streaming: Streaming, acme: TenantIdentity) -> None:
    stream = streaming.listen()
    made(acme)
    (seen,) = stream.events(1)
    stream.close()
    eventually(lambda: b"stream_listeners 0.0" in metrics(streaming))
    with in_tenant(acme):
        Listening.objects.update(until=timezone.now())
    made(acme)
    back = streaming.listen(last_id=seen.id)
    (reset,) = back.events(1)
    assert (reset.name, reset.id > seen.id) == ("reset", True)
    made(acme)
    assert statuses(back.events(1)) == ["queued"]


def test_what_is_trimmed_cannot_be_resumed_from(streaming: Streaming, acme: TenantIdentity) -> None:
    stream = streaming.listen()
    for _ in range(3):
        made(acme)
    events = stream.events(3)
    with in_tenant(acme):
        Move.objects.filter(id__lte=events[1].id).update(at=timezone.now() - timedelta(hours=2))
    assert trimming.trim(timezone.now()) == 2
    assert streaming.listen(last_id=events[0].id).events(1)[0].name == "reset"
    assert streaming.listen(last_id=events[1].id).events(1)[0].id == events[2].id


def test_an_id_that_was_never_given_is_answered_with_a_reset(streaming: Streaming) -> None:
    assert streaming.listen(last_id=2**62).events(1)[0].name == "reset"


def test_while_nobody_listens_nothing_is_written(acme: TenantIdentity) -> None:
    move(acme, made(acme), status="sent")
    with in_tenant(acme):
        assert not Move.objects.exists()
        assert not Listening.objects.exists()


@pytest.mark.slow
def test_a_killed_process_loses_nothing(
    start: Callable[[], Streaming], acme: TenantIdentity
) -> None:
    """Killed again and again while changes go on; each client goes on at another process."""
    first, second = start(), start()
    deliveries = [made(acme) for _ in range(10)]
    streams = [first.listen() for _ in range(4)]
    begun = streams[0].last_id
    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(_move_on, acme, deliveries)
        heard = [stream.events(20) for stream in streams]
        first.process.kill()
        heard = [
            one + stream.rest_of_a_dead_one() for one, stream in zip(heard, streams, strict=True)
        ]
        back = [second.listen(last_id=stream.last_id) for stream in streams]
        moving.result()
    with in_tenant(acme):
        expected = list(
            Move.objects.filter(id__gt=begun).order_by("id").values_list("id", flat=True)
        )
    for one, stream in zip(heard, back, strict=True):
        ids = [event.id for event in one] + _ids_until(stream, expected[-1])
        assert ids == expected


def _move_on(tenant: TenantIdentity, deliveries: list[Delivery]) -> None:
    try:
        for number in range(ROUNDS):
            move(tenant, *deliveries, status="queued" if number % 2 else "failed")
    finally:
        connection.close()


def _ids_until(stream: Stream, last: int) -> list[int]:
    found: list[int] = []
    while not found or found[-1] < last:
        found += [event.id for event in stream.events(1)]
    return found


def metrics(streaming: Streaming) -> bytes:
    return streaming.process.read("metrics")
