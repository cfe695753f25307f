"""When each key was last used, written aside from the requests themselves.

A use is noted in memory; a short-lived thread writes all that were noted, a second later, in one
statement. Of one key at most one use a minute is written, by all processes together.
"""

import threading
import time
from datetime import timedelta
from uuid import UUID

from django.db import Error, connection
from django.db.models import Q
from django.utils import timezone

from signalbus.core.logs import get_logger
from tenants.models import ApiKey

SECONDS_BETWEEN = 60.0
SECONDS_GATHERING = 1.0

log = get_logger(__name__)
_lock = threading.Lock()
_noted: dict[UUID, float] = {}
_waiting: set[UUID] = set()


def note(key_id: UUID) -> None:
    """Remember that the key was used; costs a look into a dict, and no statement."""
    if _noted.get(key_id, -SECONDS_BETWEEN) > time.monotonic() - SECONDS_BETWEEN:
        return
    with _lock:
        _noted[key_id] = time.monotonic()
        is_first = not _waiting
        _waiting.add(key_id)
    if is_first:
        _start_writing()


def write() -> None:
    """Store the moment for every key noted since the last time."""
    with _lock:
        used = sorted(_waiting)
        _waiting.clear()
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(seconds=SECONDS_BETWEEN))
    ApiKey.objects.filter(stale, id__in=used).update(last_used_at=now)


def _start_writing() -> None:
    timer = threading.Timer(SECONDS_GATHERING, _write_and_close)
    timer.daemon = True
    timer.start()


def _write_and_close() -> None:
    try:
        write()
    except Error as error:
        log.warning("The last use of some API keys was not stored.", error=str(error))
    finally:
        connection.close()
