"""Receipts that found nothing are matched a moment later, by one thread of the process.

It lives for as long as any schema waits. What it misses the job of each minute finds.
"""

import threading
import time
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from delivery.receipts import matching
from signalbus.core.logs import get_logger

PAUSES = (2.0, 10.0)  # seconds after a receipt that found nothing

log = get_logger(__name__)


@dataclass(slots=True)
class _Turn:
    """When a schema is matched next, and how many times it was since its last receipt."""

    moment: float
    times: int = 0


_changed = threading.Condition()
_turns: dict[str, _Turn] = {}
_running = False


def soon(schema: str) -> None:
    """Match the schema's receipts after each of the pauses."""
    global _running
    with _changed:
        turn = _turns.setdefault(schema, _Turn(time.monotonic() + PAUSES[0]))
        turn.times = 0
        _changed.notify()
        if not _running:
            _running = True
            threading.Thread(target=_run, name="receipts-later", daemon=True).start()


def _run() -> None:
    while (schema := _next()) is not None:
        _match(schema)


def _next() -> str | None:
    """The schema whose turn it is, once it is; None where none waits, and the thread is to end."""
    global _running
    with _changed:
        while _turns:
            schema = min(_turns, key=lambda each: _turns[each].moment)
            missing = _turns[schema].moment - time.monotonic()
            if missing <= 0:
                _put_off(schema)
                return schema
            _changed.wait(missing)
        _running = False
        return None


def _put_off(schema: str) -> None:
    turn = _turns[schema]
    turn.times += 1
    if turn.times < len(PAUSES):
        turn.moment = time.monotonic() + PAUSES[turn.times]
    else:
        del _turns[schema]


def _match(schema: str) -> None:
    try:
        matching.match(schema, timezone.now())
    except Exception as error:  # the job of each minute comes by
        log.warning("receipts.match_failed", schema=schema, error=str(error))
    finally:
        connection.close()
