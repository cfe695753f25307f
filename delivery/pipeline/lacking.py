"""Channels of which nothing can be sent, since the tenant has no account that may be used.

What is held for that comes round each minute. A few of them cost little, and must not stop the
tenant's messages in test mode, which need no account; where many do, their lines stand still.
Operators are told by a notice, which is lifted, as the pause is, as soon as there is an account.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from delivery.accounts import accounts_of_all
from delivery.pipeline.items import Item
from delivery.pipeline.route import choices
from notifications import notices
from notifications.models import Notice
from notifications.noticed import SIGNALBUS, Kind, Severity
from signalbus.bus import lines
from signalbus.bus.lines import Pausing
from signalbus.bus.lines_sql import NO_ACCOUNT
from signalbus.bus.streams import Lane, stream_of
from signalbus.core.logs import get_logger
from signalbus.core.modes import LIVE
from tenants import identity
from tenants.context import current_schema
from tenants.schemas import Statement, TenantWork, run_for_tenants

MANY = 50  # messages of a channel within a minute
MINUTE = 60.0
# A pause ends by itself, also where the worker that would end it is gone: then a few try again.
PAUSE_SECONDS = 300.0
LOOK_SECONDS = 5.0
LOOK_FACTOR = 10.0  # looking takes a tenth of the time at most
NOTE = "No account may send by {channel}: add one, or enable one."
TEXT = (
    "Messages by {channel} wait, for there is no account that may send them. Add a provider "
    "account for {channel}, or enable the one there is: they go by themselves then. Those that "
    "nobody wants any more can be cancelled."
)

Key = tuple[int, str]  # of the tenant, and the channel

log = get_logger(__name__)


@dataclass(slots=True)
class Minute:
    """How many messages were held since a moment by the monotonic clock."""

    since: float
    count: int = 0


class Lacking:
    """What this worker knows of such channels."""

    def __init__(self) -> None:
        self._minutes: dict[Key, Minute] = {}
        self._next = 0.0

    def note(self, items: Iterable[Item]) -> None:
        """These wait for an account. One round trip in a minute for the notices, and one statement
        for the pauses, if there are any."""
        now = time.monotonic()
        held = Counter((item.tenant.id, item.facts.channel) for item in items)
        new = [key for key in held if self._is_new(key, now)]
        self._minutes.update((key, Minute(now)) for key in new)
        for key, count in held.items():
            self._minutes[key].count += count
        _run({key: [_opening(key)] for key in new})
        lines.pause_all(
            pausing
            for key in held
            if self._minutes[key].count >= MANY
            for pausing in _pausings(key)
        )

    def look(self) -> None:
        """Let those go on that have an account by now; costs nothing where none lacks one."""
        began = time.monotonic()
        if not self._minutes or began < self._next:
            return
        over = _supplied(self._minutes)
        if over:
            lines.resume_all([line for key in over for line in _lines(key)], NO_ACCOUNT)
            _run({key: [_lifting(key)] for key in over})
        self._minutes = {key: each for key, each in self._minutes.items() if key not in over}
        ended = time.monotonic()
        self._next = ended + max(LOOK_SECONDS, LOOK_FACTOR * (ended - began))

    def _is_new(self, key: Key, now: float) -> bool:
        return key not in self._minutes or now - self._minutes[key].since > MINUTE


def release(notice: Notice) -> None:
    """Let the current tenant's lines be tried again: somebody has lifted the notice."""
    key = identity.by_schema(current_schema()).id, notice.subject
    lines.resume_all(_lines(key), NO_ACCOUNT)


def _supplied(keys: Iterable[Key]) -> set[Key]:
    """Those that have an account, or whose tenant is gone."""
    wanted = list(keys)
    tenants = identity.by_ids({tenant for tenant, _ in wanted})
    found = accounts_of_all(list(tenants.values()))
    return {
        (tenant, channel)
        for tenant, channel in wanted
        if tenant not in tenants or choices(LIVE, channel, None, found.get(tenant, ()))
    }


def _run(work: Mapping[Key, Sequence[Statement]]) -> None:
    """Tell the operators; whom it does not reach this time is told in the next minute."""
    tenants = identity.by_ids({tenant for tenant, _ in work}) if work else {}
    answers = run_for_tenants(
        [
            TenantWork(tenants[tenant].schema, list(statements))
            for (tenant, _), statements in work.items()
            if tenant in tenants
        ]
    )
    for answer in answers:
        if isinstance(answer, Exception):
            log.error("lacking.notice_failed", exc_info=answer)


def _opening(key: Key) -> Statement:
    _, channel = key
    text = TEXT.format(channel=channel)
    return notices.opening(Kind.NO_ACCOUNT, channel, Severity.STOPPED, text)


def _lifting(key: Key) -> Statement:
    _, channel = key
    return notices.lifting(Kind.NO_ACCOUNT, channel, SIGNALBUS)


def _lines(key: Key) -> list[tuple[str, int]]:
    tenant, channel = key
    return [(stream_of(channel, lane), tenant) for lane in Lane]


def _pausings(key: Key) -> list[Pausing]:
    note = NOTE.format(channel=key[1])
    return [
        Pausing(
            stream=stream, tenant_id=tenant, reason=NO_ACCOUNT, note=note, seconds=PAUSE_SECONDS
        )
        for stream, tenant in _lines(key)
    ]
