"""Looking at every tenant of whom there are bad news: warned, stopped, or let go on again.

News come late, so beside the e-mails sent last those up to the attempts are looked at that the news
are about: who sends a thousand in a second would else never be found out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from delivery.guard import sql
from delivery.guard.rule import BOUNDS, Finding, Window, judge
from notifications import notices
from notifications.models import Notice
from notifications.noticed import SIGNALBUS, Kind, Severity
from signalbus.bus import lines
from signalbus.bus.streams import Channel, Lane, stream_of
from signalbus.core.ids import lowest_id_at
from signalbus.core.logs import get_logger
from tenants import identity
from tenants.context import current_schema, in_tenant
from tenants.models import Tenant
from tenants.schemas import TenantWork, run_for_tenants

BULK = stream_of(Channel.EMAIL, Lane.BULK)
GUARD = "guard"  # the pause's reason
LATELY = timedelta(minutes=10)  # the job runs each minute; what it missed, it makes up for
LONGEST = timedelta(days=30)  # what was sent before says nothing of the sender any more
TENANTS = 500  # asked in one round trip
LAST = UUID(int=2**128 - 1)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Attempts that bad news are about, and when somebody lifted a notice of each kind last."""

    attempts: Sequence[UUID]
    lifted_at: Mapping[str, datetime | None]


def watch_all(now: datetime) -> int:
    """Look at every tenant that has news; how many had."""
    schemas = list(Tenant.objects.served().order_by("id").values_list("schema_name", flat=True))
    watched = 0
    for start in range(0, len(schemas), TENANTS):
        for schema, news in _with_news(schemas[start:][:TENANTS], now):
            _watch_safely(schema, news, now)
            watched += 1
    return watched


def release(notice: Notice) -> None:
    """Let the lane of the current tenant run again, unless another notice still stops it."""
    others = Notice.objects.filter(kind__in=list(BOUNDS), lifted_at=None).exclude(id=notice.id)
    if not others.filter(severity=Severity.STOPPED).exists():
        lines.resume(BULK, identity.by_schema(current_schema()).id, GUARD)


def _with_news(schemas: Sequence[str], now: datetime) -> list[tuple[str, News]]:
    given = {"recent": lowest_id_at(now - LATELY)}
    answers = run_for_tenants([TenantWork(name, [(sql.NEWS, given)]) for name in schemas])
    found = []
    for schema, answer in zip(schemas, answers, strict=True):
        if isinstance(answer, Exception):
            log.error("guard.failed", schema=schema, exc_info=answer)
            continue
        ((attempts, kinds, lifted_at, warned),) = answer[0]
        if attempts or warned:
            lifted = dict(zip(kinds or (), lifted_at or (), strict=True))
            found.append((schema, News(attempts=attempts or (), lifted_at=lifted)))
    return found


def _watch_safely(schema: str, news: News, now: datetime) -> None:
    try:
        _watch(schema, news, now)
    except Exception:
        log.exception("guard.failed", schema=schema)


def _watch(schema: str, news: News, now: datetime) -> None:
    with in_tenant(schema), transaction.atomic():
        opened = dict(_open_notices())
        windows: dict[datetime, list[Window]] = {}  # the same for both kinds, as a rule
        for kind in BOUNDS:
            since = max(now - LONGEST, news.lifted_at.get(kind) or now - LONGEST)
            if since not in windows:
                windows[since] = _windows(news.attempts, since)
            _act(kind, judge(kind, windows[since]), opened.get(kind))


def _windows(attempts: Sequence[UUID], since: datetime) -> list[Window]:
    values: dict[str, Any] = {"untils": [*set(attempts), LAST], "since": lowest_id_at(since)}
    with connection.cursor() as cursor:
        cursor.execute(sql.WINDOWS.replace("{schema}.", ""), values)
        return [
            Window(sent=sent, bounces=bounces, complaints=complaints)
            for sent, bounces, complaints in cursor.fetchall()
        ]


def _open_notices() -> Iterable[tuple[str, str]]:
    return Notice.objects.filter(kind__in=list(BOUNDS), lifted_at=None).values_list(
        "kind", "severity"
    )


def _act(kind: Kind, finding: Finding | None, opened: str | None) -> None:
    """A warning goes by itself; what was stopped waits for a person, whatever is found later."""
    if opened == Severity.STOPPED or (finding and finding.severity == opened):
        return
    if finding is None:
        if opened:
            notices.lift(kind, BULK, SIGNALBUS)
        return
    notices.open_notice(kind, BULK, finding.severity, finding.text)
    if finding.severity is Severity.STOPPED:
        tenant = identity.by_schema(current_schema())
        lines.pause(BULK, tenant.id, GUARD, finding.text)
