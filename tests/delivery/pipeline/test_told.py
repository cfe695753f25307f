"""What operators read in the log: a line for each delivery that ended badly, none for the rest."""

import json
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from tests.delivery.pipeline.kit import Line, ask
from tests.door import Api

TO = "ana@example.org"
DOWN = DeliveryError(error_class=ErrorClass.PROVIDER_DOWN, code="503", detail=f"No {TO} today.")
REFUSED = DeliveryError(error_class=ErrorClass.CONTENT_REFUSED, code="554", detail=f"Spam to {TO}.")
UNKNOWN = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME, code="timeout")


def told(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines about deliveries."""
    lines = [json.loads(text) for text in capfd.readouterr().err.splitlines() if text[:1] == "{"]
    return [line for line in lines if line["event"].startswith("delivery.")]


@pytest.mark.parametrize(
    ("error", "event"),
    [(DOWN, "delivery.dead"), (REFUSED, "delivery.failed"), (UNKNOWN, "delivery.unknown")],
)
def test_a_bad_end_is_told_once(
    api: Api, line: Line, capfd: pytest.CaptureFixture[str], error: DeliveryError, event: str
) -> None:
    line.provider.answers[TO] += [error] * 3
    notification = ask(api)
    for _ in range(3):
        line.deliver()
        line.pass_time(4000)
    (said,) = told(capfd)
    assert (said["event"], said["level"], said["tenant"]) == (event, "warning", line.tenant.name)
    assert (said["delivery"], said["notification"]) == (str(line.delivery().id), notification)
    assert (said["error_class"], said["code"]) == (error.error_class.value, error.code)
    assert said["trace_id"] == line.notification().trace_id
    assert "example.org" not in json.dumps(said)


def test_what_ends_before_a_call_is_told_too(
    api: Api, line: Line, capfd: pytest.CaptureFixture[str]
) -> None:
    ask(api, text="{% for i in (1..100000000) %}x{% endfor %}")
    line.deliver()
    (said,) = told(capfd)
    assert (said["event"], said["error_class"]) == ("delivery.failed", "rendering")


def test_a_good_end_is_not_told(api: Api, line: Line, capfd: pytest.CaptureFixture[str]) -> None:
    ask(api)
    line.deliver()
    assert line.delivery().status == "sent"
    assert told(capfd) == []
