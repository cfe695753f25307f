"""What follows from each kind of outcome: sent, again later, ended, dead, unknown."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline import content
from delivery.pipeline.items import Item
from delivery.providers.base import Accepted
from notifications.models import Suppression
from signalbus.bus.models import OutboxEntry
from templates_app.rendering import RenderError
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Line, ask, settle
from tests.door import Api

TO = "ana@example.org"
DOWN = DeliveryError(error_class=ErrorClass.PROVIDER_DOWN, code="503", detail="Out of order.")
REFUSED = DeliveryError(error_class=ErrorClass.CONTENT_REFUSED, code="554", detail="Spam, we say.")
UNKNOWN = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME, code="timeout", detail="Silence.")


def test_a_temporary_error_gives_the_entry_a_later_time(api: Api, line: Line) -> None:
    line.provider.answers[TO] += [DOWN]
    ask(api)
    line.deliver()
    entry, delivery = line.entry(), line.delivery()
    assert entry is not None
    assert (entry.reason, entry.tries, entry.claim, entry.published) == ("retry", 1, None, False)
    assert (delivery.status, delivery.error_class, delivery.error_code) == (
        "queued",
        "provider_down",
        "503",
    )
    assert (delivery.attempts, delivery.detail) == (1, "Out of order.")
    line.deliver()
    assert len(line.provider.sent) == 1, "not before its time"
    line.pass_time(6)  # half of ten seconds, by the jitter of the test
    line.deliver()
    assert line.delivery().status == "sent"
    assert [each.outcome for each in line.attempts()] == ["refused", "accepted"]
    assert line.delivery().error_class == ""


def test_the_providers_pause_is_obeyed(api: Api, line: Line) -> None:
    line.provider.answers[TO] += [
        DeliveryError(error_class=ErrorClass.BUSY, retry_after=timedelta(seconds=100))
    ]
    ask(api)
    line.deliver()
    line.pass_time(99)
    line.deliver()
    assert len(line.provider.sent) == 1
    line.pass_time(10)
    line.deliver()
    assert len(line.provider.sent) == 2


def test_what_is_out_of_tries_is_dead(api: Api, line: Line) -> None:
    line.provider.answers[TO] += [DOWN, DOWN, DOWN]
    before = _given_up()
    ask(api)
    for _ in range(3):
        line.deliver()
        line.pass_time(4000)
    delivery, (letter,) = line.delivery(), line.letters()
    assert (delivery.status, delivery.attempts, line.notification().status) == ("dead", 3, "dead")
    assert (letter.delivery_id, letter.attempts) == (delivery.id, 3)
    assert (letter.error_class, letter.code, letter.reason) == (
        "provider_down",
        DOWN.code,
        "Out of order.",
    )
    assert line.entry() is None
    message = OutboxEntry.objects.get(stream="dead")
    assert message.purpose == "message"
    assert message.body == {
        "tenant": line.tenant.id,
        "delivery": str(delivery.id),
        "notification": str(delivery.notification_id),
        "channel": "email",
        "error_class": "provider_down",
        "reason": "503",
        "attempts": 3,
    }
    assert _given_up() == before + 1


def test_a_retry_that_would_come_after_the_deadline_is_not_made(
    api: Api, line: Line, settings: object
) -> None:
    settings.DELIVERY_DEADLINE = 3.0  # type: ignore[attr-defined]
    line.provider.answers[TO] += [DOWN]
    ask(api)
    line.deliver()
    assert line.delivery().status == "dead"


def test_a_permanent_error_ends_failed_in_the_providers_words(api: Api, line: Line) -> None:
    line.provider.answers[TO] += [REFUSED]
    ask(api)
    line.deliver()
    delivery = line.delivery()
    assert (delivery.status, delivery.error_code, delivery.detail) == (
        "failed",
        "554",
        "Spam, we say.",
    )
    assert (line.entry(), line.letters()) == (None, [])
    with in_tenant(line.tenant):
        assert not Suppression.objects.exists()


def test_a_bad_address_is_suppressed(api: Api, line: Line) -> None:
    bad = DeliveryError(error_class=ErrorClass.BAD_ADDRESS, code="550", detail="No such user.")
    line.provider.answers[TO] += [bad]
    ask(api)
    line.deliver()
    with in_tenant(line.tenant):
        suppression = Suppression.objects.get()
    assert (suppression.address, suppression.reason, suppression.mode) == (
        TO,
        "bad_address",
        "live",
    )
    assert suppression.source_delivery == line.delivery().id


def test_a_template_that_fails_ends_without_an_attempt(api: Api, line: Line) -> None:
    ask(api, text="{% for i in (1..100000000) %}x{% endfor %}")
    line.deliver()
    delivery = line.delivery()
    assert (delivery.status, delivery.error_class, delivery.attempts) == ("failed", "rendering", 0)
    assert delivery.detail
    assert (line.attempts(), line.entry(), line.provider.sent) == ([], None, [])


def test_one_that_fails_to_render_harms_no_other(api: Api, line: Line) -> None:
    ask(api, to="bad@example.org", text="{% for i in (1..100000000) %}x{% endfor %}")
    good = ask(api, to="good@example.org")
    line.deliver()
    assert line.delivery(good).status == "sent"


def test_an_unknown_email_is_sent_again_under_the_same_key(api: Api, line: Line) -> None:
    line.provider.answers[TO] += [UNKNOWN]
    ask(api)
    line.deliver()
    entry = line.entry()
    assert entry is not None
    assert (entry.reason, entry.purpose, entry.tries) == ("retry", "send", 1)
    assert line.delivery().possibly_repeated
    line.pass_time(10)
    line.deliver()
    first, second = line.provider.sent
    assert first.key == second.key
    assert (first.possibly_repeated, second.possibly_repeated) == (False, True)
    assert [(each.outcome, each.possibly_repeated) for each in line.attempts()] == [
        ("unknown", False),
        ("accepted", True),
    ]


def test_an_email_that_stays_unknown_is_parked(api: Api, line: Line) -> None:
    line.provider.answers[TO] += [UNKNOWN] * 3
    ask(api)
    for _ in range(3):
        line.deliver()
        line.pass_time(4000)
    assert (line.delivery().status, line.entry()) == ("unknown", None)
    assert line.letters() == []


@pytest.mark.parametrize("later", [[DOWN, DOWN], [REFUSED]], ids=["given up", "refused"])
def test_what_ends_after_an_unknown_attempt_is_unknown_too(
    api: Api, line: Line, later: list[DeliveryError]
) -> None:
    line.provider.answers[TO] += [UNKNOWN, *later]
    ask(api)
    for _ in range(3):
        line.deliver()
        line.pass_time(4000)
    assert line.delivery().status == "unknown"


def test_what_does_not_render_after_an_unknown_attempt_is_unknown_too(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.provider.answers[TO] += [UNKNOWN]
    ask(api)
    line.deliver()
    line.pass_time(10)
    monkeypatch.setattr(content, "render", _fails)
    line.deliver()
    delivery = line.delivery()
    assert (delivery.status, delivery.error_class) == ("unknown", "rendering")


def test_a_refusal_after_an_unknown_attempt_is_redriven_marked_under_the_same_key(
    api: Api, line: Line
) -> None:
    line.provider.answers[TO] += [UNKNOWN, REFUSED]
    notification = ask(api)
    line.deliver()
    line.pass_time(10)
    line.deliver()
    assert api.post(f"/notifications/{notification}/redrive").status == 202
    line.deliver()
    assert len({message.key for message in line.provider.sent}) == 1
    assert [message.possibly_repeated for message in line.provider.sent] == [False, True, True]


def test_a_redrives_time_is_not_the_time_from_end_to_end(api: Api, line: Line) -> None:
    line.provider.answers[TO] += [UNKNOWN] * 3
    notification = ask(api)
    for _ in range(3):
        line.deliver()
        line.pass_time(4000)
    before = _end_to_end()
    assert api.post(f"/notifications/{notification}/redrive").status == 202
    line.deliver()
    assert (line.delivery().status, line.delivery().redrives) == ("sent", 0)
    assert _end_to_end() == before


def test_a_retrys_time_is(api: Api, line: Line) -> None:
    line.provider.answers[TO] += [DOWN]
    before = _end_to_end()
    ask(api)
    line.deliver()
    line.pass_time(10)
    line.deliver()
    assert _end_to_end() == before + 1


@pytest.mark.parametrize("outcome", [Accepted(reference="x"), DOWN, UNKNOWN, REFUSED])
def test_recording_an_outcome_again_changes_nothing(
    api: Api, line: Line, outcome: Accepted | DeliveryError
) -> None:
    line.provider.answers[TO] += [outcome]
    ask(api)
    line.publish()
    worker = line.worker()
    flush = worker._recorder.flush

    def flush_twice(now: datetime) -> int:
        kept = list(worker._recorder.outcomes)
        done = flush(now)
        worker._recorder.outcomes.extend(kept)
        return done + flush(now)

    worker._recorder.flush = flush_twice  # type: ignore[method-assign]
    settle(worker)
    entry = line.entry()
    assert len(line.attempts()) == 1
    assert entry is None or entry.tries == 1
    assert len(line.letters()) <= 1


def _fails(item: Item) -> Any:
    raise RenderError("The template needs too long.")


def _given_up() -> float:
    labels = {"channel": "email", "error_class": "provider_down"}
    return REGISTRY.get_sample_value("signalbus_notification_dlq_total", labels) or 0.0


def _end_to_end() -> float:
    labels = {"channel": "email", "lane": "normal"}
    name = "signalbus_notification_end_to_end_seconds_count"
    return REGISTRY.get_sample_value(name, labels) or 0.0
