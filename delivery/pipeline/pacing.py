"""When each message may go by the limits of its account: at once, at its own moment, or later.

A moment is booked in the account's limit, in the tenant's share of an inherited account and, for
e-mail, in the limit of the recipient's domain, all in one. The entry keeps it and waits once.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from delivery.pipeline.gate import Hold
from delivery.pipeline.items import Call, Item
from delivery.pipeline.pacing_rule import (
    HORIZONS,
    LONGEST_QUEUE,
    Shortage,
    has_its_moment,
    shortage_of,
)
from delivery.providers.account import Account
from signalbus.bus.lines_sql import LIMIT
from signalbus.bus.outbox import Pausing
from signalbus.bus.streams import Channel
from signalbus.core import limiter
from signalbus.core.limiter import Limit

MOST_QUEUES = 10_000


@dataclass(slots=True, kw_only=True)
class Paced:
    """Calls that may be made now; those that wait, and the lines that others would wait in."""

    go: list[Call] = field(default_factory=list)
    later: list[tuple[Item, Hold]] = field(default_factory=list)
    pauses: list[Pausing] = field(default_factory=list)


class Pacing:
    """Books moments; and lets those queue for whom there is none as yet."""

    def __init__(self) -> None:
        self._queues: dict[Limit, float] = {}

    def pace(self, calls: Sequence[Call]) -> Paced:
        """Which of the calls may be made now. One round trip at most, none without limits."""
        paced = Paced()
        limited: list[tuple[Call, tuple[Limit, ...]]] = []
        for call in calls:
            limits = () if call.answer or call.reconciles else limits_of(call)
            if limits and not has_its_moment(call.item.facts, call.account):
                limited.append((call, limits))
            else:
                paced.go.append(call)
        if limited:
            limited.sort(key=lambda each: -HORIZONS[each[0].item.facts.lane])
            self._book(limited, paced)
        return paced

    def _book(self, limited: Sequence[tuple[Call, tuple[Limit, ...]]], paced: Paced) -> None:
        delays = limiter.reserve(
            [(limits, HORIZONS[call.item.facts.lane]) for call, limits in limited]
        )
        short: dict[Shortage, list[tuple[Call, tuple[Limit, ...]]]] = defaultdict(list)
        reached: set[Shortage] = set()
        for (call, limits), delay in zip(limited, delays, strict=True):
            key = shortage_of(call)
            if delay is None:
                short[key].append((call, limits))
                continue
            if key in short:
                reached.add(key)
            if delay > 0:
                paced.later.append((call.item, _moment(call, delay)))
            else:
                paced.go.append(call)
        for key, refused in short.items():
            self._refuse(key, refused, paced, everything=key not in reached)

    def _refuse(
        self,
        key: Shortage,
        refused: Sequence[tuple[Call, tuple[Limit, ...]]],
        paced: Paced,
        *,
        everything: bool,
    ) -> None:
        """Those for whom there is no moment near enough.

        Where the line has nothing else to bring, it waits, and they keep their places in it. Else
        each of them queues by itself, such as for one slow domain among many.
        """
        calls = [call for call, _ in refused]
        if everything and key.alone and _is_the_accounts(calls):
            paced.later += [(call.item, _in_place(call)) for call in calls]
            paced.pauses.append(_pausing(key, calls[0]))
            return
        now = time.monotonic()
        paced.later += [
            (call.item, _queued(self._queue(limits, key, now))) for call, limits in refused
        ]

    def _queue(self, limits: Iterable[Limit], key: Shortage, now: float) -> float:
        """Seconds until a further message's turn in the slowest limit, which is not booked."""
        slowest = min(limits, key=lambda limit: limit.per_second)
        if len(self._queues) > MOST_QUEUES:
            self._queues = {each: end for each, end in self._queues.items() if end > now}
        first = now + HORIZONS[key.lane]
        turn = max(self._queues.get(slowest, first), first)
        self._queues[slowest] = min(turn, now + LONGEST_QUEUE) + 1 / slowest.per_second
        return min(turn - now, LONGEST_QUEUE)


def limits_of(call: Call) -> tuple[Limit, ...]:
    """What the account's figures ask of this call."""
    account = call.account
    if account is None or not account.is_limited:
        return ()
    return tuple(
        Limit(key=key, per_second=per_second, burst=max(account.burst, 1))
        for key, per_second in (
            (f"account.{account.id}", account.per_second),
            (f"account.{account.id}.tenant.{call.item.tenant.id}", _share(account)),
            (_domain_key(call, account), account.domain_per_second),
        )
        if per_second and key
    )


def _share(account: Account) -> float | None:
    return account.tenant_per_second if account.inherited else None


def _domain_key(call: Call, account: Account) -> str:
    facts = call.item.facts
    domain = facts.address.rpartition("@")[2].lower()
    return f"account.{account.id}.domain.{domain}" if facts.channel == Channel.EMAIL else ""


def _is_the_accounts(calls: Sequence[Call]) -> bool:
    """Whether all wait for the account: without limits of domains, or for several domains."""
    account = calls[0].account
    if account is None or not account.domain_per_second:
        return True
    limits = (account.per_second, _share(account))
    return any(limits) and len({_domain_key(call, account) for call in calls}) > 1


def _moment(call: Call, delay: float) -> Hold:
    assert call.account is not None, "Only a call with an account has a limit."
    return Hold(delay=timedelta(seconds=delay), reason=LIMIT, reserved_account=call.account.id)


def _in_place(call: Call) -> Hold:
    return Hold(delay=timedelta(0), reason=LIMIT, at=call.item.facts.due_at)


def _queued(seconds: float) -> Hold:
    return Hold(delay=timedelta(seconds=seconds), reason=LIMIT)


def _pausing(key: Shortage, call: Call) -> Pausing:
    """For half a horizon: when it ends, what has been given its moment still fills the rest."""
    assert call.account is not None
    return Pausing(
        stream=key.stream,
        tenant_id=key.tenant_id,
        reason=LIMIT,
        note=f"The limit of {call.account.name}",
        seconds=HORIZONS[key.lane] / 2,
    )
