"""Logs: one JSON object a line on standard error, from Signalbus and from its libraries alike.

Every line has time, level, logger and event, and what is bound at the moment: request_id, tenant,
correlation_id, trace_id, span_id. Addresses are masked and secrets removed, also inside messages
and tracebacks.
"""

import json
import logging
import os
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor

from signalbus.core import tracing
from signalbus.core.env import Environment
from signalbus.core.errors import SettingError
from signalbus.core.scrubbing import scrub_value

STDERR = 2
LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
# Made by Signalbus itself, never holding an address; a trace id of digits looks like a number.
PLAIN = frozenset({"timestamp", "level", "logger", "request_id", "trace_id", "span_id", "tenant"})
# What says too much: refusals, for one, are told by the access log already.
QUIETED = {
    "django.request": "ERROR",
    "celery.app.trace": "WARNING",
    "celery.apps.worker": "WARNING",
    "celery.beat": "WARNING",
    "celery.worker.strategy": "WARNING",
    "urllib3": "WARNING",
    "twilio": "WARNING",
}
LEADING = ("timestamp", "level", "logger", "event")


def configure() -> None:
    """Send every log of the process to standard error as JSON. May be called again.

    Raises SettingError where SIGNALBUS_LOG_LEVEL is no level.
    """
    level = _level()
    structlog.configure(
        processors=[*_SHARED, _as_line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_LineLogger,
        cache_logger_on_first_use=True,
    )
    _take_over_libraries(level)


def get_logger(name: str) -> FilteringBoundLogger:
    """A logger whose lines carry that name: `log.info("outbox.published", entries=12)`."""
    logger: FilteringBoundLogger = structlog.get_logger(name)
    return logger


def _level() -> int:
    name = Environment().text("SIGNALBUS_LOG_LEVEL", "INFO", "the least that is logged").upper()
    if name not in LEVELS:
        raise SettingError(f"SIGNALBUS_LOG_LEVEL must be one of {', '.join(LEVELS)}, not {name}.")
    return LEVELS[name]


class _LineLogger:
    """Writes a line with one system call: lines of several threads and processes never mix."""

    __slots__ = ("name",)

    def __init__(self, name: str = "signalbus") -> None:
        self.name = name

    def msg(self, line: bytes) -> None:
        with suppress(OSError):  # nobody reads any more: a log never stops the work
            while line:
                line = line[os.write(STDERR, line) :]

    debug = info = warning = error = critical = exception = fatal = log = msg


class _LibraryHandler(logging.Handler):
    """Brings a library's record into the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            event: EventDict = {"event": record.getMessage(), "exc_info": record.exc_info}
            logger = _LineLogger(record.name)
            process: Any
            for process in _SHARED:
                event = process(logger, record.levelname.lower(), event)
            logger.msg(_as_line(logger, "", event))
        except Exception:
            self.handleError(record)


def _take_over_libraries(level: int) -> None:
    root = logging.getLogger()
    root.handlers[:] = [_LibraryHandler()]
    root.setLevel(max(level, logging.INFO))
    logging.captureWarnings(True)
    for name, least in QUIETED.items():
        logging.getLogger(name).setLevel(least)


def _add_name(logger: _LineLogger, _: str, event: EventDict) -> EventDict:
    event["logger"] = logger.name
    return event


def _add_trace(_: Any, __: str, event: EventDict) -> EventDict:
    ids = tracing.current_ids()
    if ids is not None:
        event["trace_id"], event["span_id"] = ids
    return event


def _scrub(_: Any, __: str, event: EventDict) -> EventDict:
    return {
        name: value if name in PLAIN else scrub_value(name, value)
        for name, value in sorted(event.items(), key=_place)
    }


def _place(item: tuple[str, Any]) -> int:
    return LEADING.index(item[0]) if item[0] in LEADING else len(LEADING)


def _as_line(_: Any, __: str, event: MutableMapping[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(event, enc_hook=str) + b"\n"
    except UnicodeEncodeError:  # half of a character, which the other encoder escapes
        return json.dumps(event, default=str).encode() + b"\n"


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    _add_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_trace,
    structlog.processors.format_exc_info,
    _scrub,
]
