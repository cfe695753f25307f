"""Who does not read harms nobody, and goes on where it was."""

import time
from collections.abc import Callable

import pytest
from django.db import connection

from delivery.live.queues import Queue
from delivery.models import Move
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.live.conftest import Streaming, made
from tests.delivery.live.listening import Stream
from tests.processes import eventually

MANY = """
INSERT INTO delivery_move (at, mode, channel, topic, notification_id, delivery_id, status, previous,
    reason, provider, error_class)
SELECT clock_timestamp(), 'live', 'email', 'order.shipped', gen_random_uuid(), gen_random_uuid(),
    'sent', 'queued', '', 'smtp', '' FROM generate_series(1, %s)
"""


def many(tenant: TenantIdentity, count: int) -> None:
    with in_tenant(tenant), connection.cursor() as cursor:
        cursor.execute(MANY, [count])


@pytest.mark.slow
def test_a_stuck_reader_is_cut_off_and_misses_nothing(
    streaming: Streaming, acme: TenantIdentity
) -> None:
    stuck = Stream(streaming.port, streaming.key, receive_buffer=4096).open()
    begun = stuck.last_id
    reader = streaming.listen()
    for _ in range(8):
        many(acme, 1000)
        assert len(reader.events(1000)) == 1000
    eventually(lambda: b'ends_total{outcome="slow"}' in streaming.process.read("metrics"))
    started = time.monotonic()
    made(acme)
    reader.events(1)
    assert time.monotonic() - started < 1
    heard = stuck.rest_of_a_dead_one()
    back = streaming.listen(last_id=stuck.last_id)
    with in_tenant(acme):
        expected = list(
            Move.objects.filter(id__gt=begun).order_by("id").values_list("id", flat=True)
        )
    assert 0 < len(heard) < len(expected)
    ids = [event.id for event in heard + back.events(len(expected) - len(heard))]
    assert ids == expected


def test_a_stuck_reader_does_not_hold_up_a_stop(
    start: Callable[[], Streaming], acme: TenantIdentity
) -> None:
    streaming = start()
    streaming.listen(receive_buffer=4096)
    reader = streaming.listen()
    many(acme, 2000)
    reader.events(2000)
    assert streaming.process.stop(8) == 0


def test_a_queue_has_room_for_one_text_and_then_for_so_many_bytes() -> None:
    queue = Queue(most=10)
    assert queue.add(b"x" * 100)
    assert not queue.add(b"y")
    assert queue.take() == b"x" * 100
    assert queue.add(b"y" * 5)
    assert queue.add(b"z" * 5)
    assert not queue.add(b"!")
    assert [queue.take(), queue.take(), bool(queue)] == [b"y" * 5, b"z" * 5, False]
