"""How far ahead messages are given their moments, and who has one. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from delivery.pipeline.items import Call, Facts, is_its_lines
from signalbus.bus.streams import Lane

if TYPE_CHECKING:
    from delivery.providers.account import Account

# Seconds that a lane's messages may be booked ahead in a limit. Whoever is more urgent finds the
# others' bookings in front, so that a one-time code waits for two seconds of bulk at the most.
HORIZONS: dict[str, float] = {Lane.HIGH: 10.0, Lane.NORMAL: 4.0, Lane.BULK: 2.0}
LONGEST_QUEUE = 600.0  # seconds; a limit that was raised meanwhile shows its effect by then
# A moment that was missed by more is over: what a pause has held back must not go all at once.
MISSED = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """What a limit may hold up together: an account's messages of one line; `alone` where that
    account is the only one they have."""

    account: UUID
    stream: str
    lane: str
    tenant_id: int
    alone: bool


def shortage_of(call: Call) -> Shortage:
    """What this call shares its shortage with."""
    facts = call.item.facts
    assert call.account is not None, "Only a call with an account has a limit."
    return Shortage(
        account=call.account.id,
        stream=call.item.stream,
        lane=facts.lane,
        tenant_id=call.item.tenant.id,
        alone=is_its_lines(call.item, call.choices),
    )


def has_its_moment(facts: Facts, account: "Account | None") -> bool:
    """Whether a limit of this account has given it this moment, and it is not long over."""
    if account is None or facts.reserved_account != account.id or facts.reserved_at is None:
        return False
    return facts.now - MISSED <= facts.reserved_at <= facts.now
