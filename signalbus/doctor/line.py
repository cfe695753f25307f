"""The line: a relay that publishes, how long the oldest entry has been due, and what is paused."""

from collections.abc import Iterator

from django.db import connection

from signalbus.bus import backlog
from signalbus.bus.lines_sql import SOFT
from signalbus.bus.models import LinePause
from signalbus.bus.streams import Lane, lane_of
from signalbus.doctor.findings import Finding, counted, fail, ok, some, warn
from tenants.models import Tenant

LATE, LATE_HIGH = 300.0, 60.0  # seconds; the alarm of docs/observing.md for the high lane
VERY_LATE = 3600.0
RELAYS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'signalbus run_relay'
"""


def probe() -> Iterator[Finding]:
    """What the database tells of relay and backlog."""
    relays = _relays()
    if relays:
        yield ok(f"{counted(relays, 'relay')} connected.")
    else:
        yield fail("No relay is connected: nothing is published.", "Start manage.py run_relay.")
    yield from _backlog()
    yield from _pauses()


def _backlog() -> Iterator[Finding]:
    due = backlog.due()
    late = {name: age for name, (_, age) in due.items() if age > _patience(name)}
    count = sum(number for number, _ in due.values())
    if not late:
        yield ok(f"Entries that are due: {count}, none for long.")
        return
    told = some(f"{stream} {age / 60:.0f} min" for stream, age in sorted(late.items()))
    speak = fail if max(late.values()) > VERY_LATE else warn
    yield speak(
        f"Entries that are due: {count}, the oldest for long: {told}.",
        "See the logs of relay and workers, and provider accounts whose breaker is open.",
    )


def _pauses() -> Iterator[Finding]:
    paused = list(LinePause.objects.in_force().exclude(reason__in=SOFT).order_by("since"))
    names = Tenant.objects.in_bulk([pause.tenant_id for pause in paused])
    told = [_told(pause, str(names.get(pause.tenant_id, pause.owner))) for pause in paused]
    if told:
        says = f"{counted(len(told), 'line')} standing still: {some(told)}."
        yield warn(says, 'See "Pauses" in the platform\'s console.')


def _told(pause: LinePause, tenant: str) -> str:
    return f"{pause.stream or 'all lanes'} of {tenant} ({pause.reason})"


def _patience(stream: str) -> float:
    return LATE_HIGH if lane_of(stream) == Lane.HIGH else LATE


def _relays() -> int:
    with connection.cursor() as cursor:
        cursor.execute(RELAYS)
        return int(cursor.fetchone()[0])
