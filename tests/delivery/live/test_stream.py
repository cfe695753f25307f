"""What a stream tells, by a real process and real sockets."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from delivery.live.moves import Move, beginning, told
from signalbus.api.example_answers.live import TEXT
from tenants.identity import TenantIdentity
from tests.delivery.live.conftest import Streaming, made, move
from tests.make import make_key


def test_each_change_of_a_state_is_told(streaming: Streaming, acme: TenantIdentity) -> None:
    stream = streaming.listen()
    delivery = made(acme)
    move(acme, delivery, status="sent", provider="smtp")
    new, sent = stream.events(2)
    assert (new.name, new.data["status"], new.data["previous"]) == ("delivery", "queued", None)
    at = datetime.fromisoformat(sent.data.pop("at"))
    assert abs(datetime.now(UTC) - at) < timedelta(seconds=20)
    assert sent.data == {
        "delivery": str(delivery.id),
        "notification": str(delivery.notification_id),
        "channel": "email",
        "topic": "order.shipped",
        "status": "sent",
        "previous": "queued",
        "reason": None,
        "provider": "smtp",
        "error_class": None,
    }
    assert new.id < sent.id


def test_what_is_no_change_of_a_state_is_not_told(
    streaming: Streaming, acme: TenantIdentity
) -> None:
    delivery = made(acme)
    stream = streaming.listen()
    move(acme, delivery, attempts=1, error_class="busy")
    move(acme, delivery, status="dead")
    (dead,) = stream.events(1)
    assert (dead.data["status"], dead.data["error_class"]) == ("dead", "busy")


def test_nothing_about_people_is_told(streaming: Streaming, acme: TenantIdentity) -> None:
    stream = streaming.listen()
    made(acme, address="ana@example.org")
    assert "ana" not in str(stream.events(1))


def test_only_the_keys_tenant_and_mode_are_told(
    streaming: Streaming, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    live, test = streaming.listen(), streaming.listen(streaming.test_key)
    other = streaming.listen(make_key(globex))
    for tenant, mode in ((acme, "live"), (acme, "test"), (globex, "live")):
        made(tenant, mode=mode, topic=f"{tenant.name}.{mode}")
    for stream, topic in ((live, "acme.live"), (test, "acme.test"), (other, "globex.live")):
        assert [event.data["topic"] for event in stream.events(1)] == [topic]
        assert stream.silence(0.6) == []


def test_filters_keep_the_rest_away(streaming: Streaming, acme: TenantIdentity) -> None:
    wanted = made(acme, topic="a")
    others = [made(acme, topic="a", channel="sms"), made(acme, topic="b"), made(acme, topic="a")]
    streams = [
        streaming.listen(channel="sms"),
        streaming.listen(topic="b"),
        streaming.listen(notification=str(wanted.notification_id)),
        streaming.listen(status="failed"),
    ]
    move(acme, wanted, *others, status="sent")
    move(acme, others[2], status="failed")
    expected = [others[0], others[1], wanted, others[2]]
    for stream, delivery in zip(streams, expected, strict=True):
        assert [event.data["delivery"] for event in stream.events(1)] == [str(delivery.id)]
        assert stream.silence(0.4) == []


def test_the_answer_is_one_that_nobody_keeps_or_gathers(streaming: Streaming) -> None:
    headers = streaming.listen().headers
    assert headers["content-type"] == "text/event-stream"
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-request-id"]


def test_the_example_of_the_document_is_an_event_as_it_is_told() -> None:
    (line,) = (line for line in TEXT.splitlines() if line.startswith("data: "))
    data = json.loads(line.removeprefix("data: "))
    move = Move(
        id=4711,
        at=datetime.fromisoformat(data["at"]),
        mode="live",
        channel=data["channel"],
        topic=data["topic"],
        notification=UUID(data["notification"]),
        delivery=UUID(data["delivery"]),
        status=data["status"],
        previous=data["previous"],
        reason="",
        provider=data["provider"],
        error_class="",
    )
    assert (beginning(2000) + told([move])).decode() == TEXT


def test_a_stopping_process_ends_its_streams(
    start: Callable[[], Streaming], acme: TenantIdentity
) -> None:
    streaming = start()
    streams = [streaming.listen() for _ in range(3)]
    made(acme)
    assert [len(stream.events(1)) for stream in streams] == [1, 1, 1]
    assert streaming.process.stop(5) == 0
    assert all(stream.ends_within(1) for stream in streams)
