"""An item that handling it raised for: it is tried again twice, then it ends with its trace.

What is not claimed ends as dead. Behind an expired claim stands a call that may have been made:
it stays claimed while it is tried again, or the call would be forgotten, and ends as unknown.
"""

import traceback
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from delivery.pipeline import crashed_claims, facts, set_aside, unread
from delivery.pipeline.items import Call
from signalbus.bus import outbox
from signalbus.bus.outbox import Claimed, Held, Postponed
from signalbus.bus.purposes import Purpose
from signalbus.bus.received import Received
from signalbus.core.logs import get_logger
from signalbus.core.texts import storable

TRIES = 3
PAUSE = timedelta(seconds=5)

log = get_logger(__name__)


def note(received: Received, error: Exception) -> None:
    """Count one more crash of this entry, under this generation."""
    envelope = received.envelope
    log.error(
        "pipeline.item_raised", entry=str(envelope.entry), tenant_id=envelope.tenant, exc_info=error
    )
    held = outbox.peek([envelope.entry]).get(envelope.entry)
    if held is None or held.generation != envelope.generation:
        return  # somebody else has it, or it has ended
    if held.claim is not None:
        _note_claimed(held, held.claim, error)
    elif held.crashes + 1 < TRIES or not _bury(received, error):
        _postpone(received)


def note_unwritten(call: Call, error: Exception) -> None:
    """Count one more crash of a claimed entry: what came of its call cannot be written down."""
    held = outbox.peek([call.entry]).get(call.entry)
    if held is not None and held.claim == call.attempt:
        _note_claimed(held, call.attempt, error)


def _note_claimed(held: Held, claim: UUID, error: Exception) -> None:
    if held.crashes + 1 >= TRIES and crashed_claims.end(held, claim, _trace(error)):
        return
    with transaction.atomic():
        outbox.crash(
            [Claimed(entry=held.id, attempt=claim, generation=held.generation)],
            PAUSE.total_seconds(),
        )


def _postpone(received: Received) -> None:
    with transaction.atomic():
        outbox.postpone(
            [
                Postponed(
                    entry=received.envelope.entry,
                    generation=received.envelope.generation,
                    delay=PAUSE.total_seconds(),
                    reason="crashed",
                    crashed=True,
                )
            ]
        )


def _bury(received: Received, error: Exception) -> bool:
    """Settle it as dead, even where reading it is what raises. A watch just ends."""
    if received.envelope.purpose == Purpose.WATCH:
        set_aside.forget([received])
        return True
    try:
        items = facts.gather([received]).items
    except Exception:
        log.exception("pipeline.item_unreadable", entry=str(received.envelope.entry))
        return unread.end(received, _trace(error))
    set_aside.end([set_aside.crashed(item, _trace(error)) for item in items])
    return True


def _trace(error: Exception) -> str:
    """Its end, which names the error."""
    trace = storable("".join(traceback.format_exception(error)))
    return trace[-set_aside.LONGEST_TRACE :]
