"""An item that handling it raised for: it is tried again twice, then it is dead with its trace."""

import traceback
from datetime import timedelta

from django.db import transaction

from delivery.pipeline import facts, set_aside, unread
from signalbus.bus import outbox
from signalbus.bus.outbox import Postponed
from signalbus.bus.purposes import Purpose
from signalbus.bus.received import Received
from signalbus.core.logs import get_logger

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
    if held is not None and held.crashes + 1 >= TRIES and _bury(received, error):
        return
    with transaction.atomic():
        outbox.postpone(
            [
                Postponed(
                    entry=envelope.entry,
                    generation=envelope.generation,
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
    trace = "".join(traceback.format_exception(error))
    try:
        items = facts.gather([received]).items
    except Exception:
        log.exception("pipeline.item_unreadable", entry=str(received.envelope.entry))
        return unread.end(received, trace[-set_aside.LONGEST_TRACE :])
    set_aside.end([set_aside.crashed(item, trace) for item in items])
    return True
