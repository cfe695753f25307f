"""Cancelling what an earlier attempt may have brought to its recipient."""

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.receipts.events import EventKind
from notifications.cancel import UNKNOWN_OUTCOME
from tests.delivery.pipeline.kit import Line, ask
from tests.delivery.pipeline.watch_kit import greet, make_two, make_watching, receipt, sent, work
from tests.door import Answer, Api

UNKNOWN = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME, code="timeout", detail="Silence.")
ALL_UNKNOWN = {"filter": {"status": "unknown"}}


@pytest.fixture
def doubtful(api: Api, line: Line) -> str:
    """An e-mail that waits to be repeated, since nobody knows what became of it."""
    line.provider.answers["ana@example.org"] += [UNKNOWN]
    notification = ask(api)
    line.deliver()
    return notification


def cancel(api: Api, notification: str) -> Answer:
    return api.post(f"/notifications/{notification}/cancel")


def test_it_is_unknown_and_goes_no_further(api: Api, line: Line, doubtful: str) -> None:
    answer = cancel(api, doubtful)
    assert (answer.status, answer.body["status"]) == (200, "unknown")
    delivery = line.delivery()
    assert (delivery.error_class, delivery.error_code) == ("unknown_outcome", "cancelled")
    assert "an earlier attempt may have arrived" in delivery.detail
    line.pass_time(4000)
    line.deliver()
    assert len(line.provider.sent) == 1
    assert UNKNOWN_OUTCOME == ErrorClass.UNKNOWN_OUTCOME


@pytest.mark.parametrize("kind", [EventKind.DELIVERED, EventKind.BOUNCED])
def test_a_late_receipt_says_what_became_of_it(
    api: Api, line: Line, doubtful: str, kind: EventKind
) -> None:
    cancel(api, doubtful)
    receipt(line, kind)
    assert api.get(f"/notifications/{doubtful}").body["status"] == kind


def test_what_fell_over_is_unknown_too(api: Api, line: Line) -> None:
    make_two(line.tenant)
    make_watching(line.tenant)
    notification = greet(api)
    sent(line)
    line.deliver()
    assert cancel(api, notification).body["status"] == "unknown"
    work(line)
    assert len(line.provider.sent) == 1
    receipt(line)
    assert line.delivery().status == "delivered"


def test_what_is_redriven_after_an_unknown_outcome_is_unknown_too(
    api: Api, line: Line, doubtful: str
) -> None:
    cancel(api, doubtful)
    assert api.post(f"/notifications/{doubtful}/redrive").status == 202
    assert cancel(api, doubtful).body["status"] == "unknown"


def test_redrives_of_many_leave_it_unless_it_is_named(api: Api, line: Line, doubtful: str) -> None:
    cancel(api, doubtful)
    assert api.post("/redrives", {**ALL_UNKNOWN, "dry_run": True}).body["count"] == 0
    named = {"filter": {"notification": doubtful}, "dry_run": True}
    assert api.post("/redrives", named).body["count"] == 1


def test_what_is_unknown_otherwise_is_redriven(api: Api, line: Line) -> None:
    line.provider.answers["ana@example.org"] += [UNKNOWN] * 3
    ask(api)
    for _ in range(3):
        line.deliver()
        line.pass_time(4000)
    assert api.post("/redrives", {**ALL_UNKNOWN, "dry_run": True}).body["count"] == 1


def test_what_was_never_tried_is_cancelled(api: Api, line: Line) -> None:
    assert cancel(api, ask(api)).body["status"] == "cancelled"
