import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.contextvars import bound_contextvars
from structlog.typing import FilteringBoundLogger

from signalbus.core import logs, tracing
from signalbus.core.errors import SettingError


@pytest.fixture(autouse=True)
def log() -> Iterator[FilteringBoundLogger]:
    """A logger at the level INFO, made in the test: looking at one fixes its level."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SIGNALBUS_LOG_LEVEL", "INFO")
        logs.configure()
    yield logs.get_logger("tests.logs")
    logs.configure()


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_a_line_is_json_with_what_is_bound(
    capfd: pytest.CaptureFixture[str], log: FilteringBoundLogger
) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    token = tracing.enter(parent)
    with bound_contextvars(request_id="r-1", tenant="acme", correlation_id="c-1"):
        log.info("delivery.sent", to="ana@example.org", attempt=2)
    tracing.leave(token)
    (line,) = lines(capfd)
    assert list(line)[:4] == ["timestamp", "level", "logger", "event"]
    assert line["event"] == "delivery.sent"
    assert line["to"] == "a**@example.org"
    assert line["attempt"] == 2
    assert (line["request_id"], line["tenant"], line["correlation_id"]) == ("r-1", "acme", "c-1")
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert len(line["span_id"]) == 16


def test_a_library_writes_in_the_same_form(
    capfd: pytest.CaptureFixture[str], log: FilteringBoundLogger
) -> None:
    with bound_contextvars(request_id="r-2"):
        logging.getLogger("smtplib").warning("refused %s: %s", "bob@example.org", "+33612345678")
    (line,) = lines(capfd)
    assert line["event"] == "refused b**@example.org: ********5678"
    assert (line["logger"], line["level"], line["request_id"]) == ("smtplib", "warning", "r-2")


def test_a_traceback_is_kept_and_scrubbed(
    capfd: pytest.CaptureFixture[str], log: FilteringBoundLogger
) -> None:
    try:
        raise ValueError("no such address: ana@example.org")
    except ValueError:
        log.exception("delivery.crashed")
    (line,) = lines(capfd)
    assert "ValueError: no such address: a**@example.org" in line["exception"]
    assert "ana@" not in json.dumps(line)


def test_what_is_no_json_is_written_as_text(
    capfd: pytest.CaptureFixture[str], log: FilteringBoundLogger
) -> None:
    log.info("odd", value=object)
    assert lines(capfd)[0]["value"] == "<class 'object'>"


def test_half_a_character_does_not_keep_a_line_back(
    capfd: pytest.CaptureFixture[str], log: FilteringBoundLogger
) -> None:
    log.info("refused", detail="Hi \ud83d", at=object)
    (line,) = lines(capfd)
    assert (line["event"], line["detail"]) == ("refused", "Hi \ud83d")


def test_a_level_below_is_not_written(
    capfd: pytest.CaptureFixture[str], log: FilteringBoundLogger
) -> None:
    log.debug("quiet")
    logging.getLogger("urllib3").info("quiet")
    assert lines(capfd) == []


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SIGNALBUS_LOG_LEVEL", "LOUD")
        with pytest.raises(SettingError, match="must be one of DEBUG, INFO"):
            logs.configure()
