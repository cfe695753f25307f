"""What follows from a provider's fault, where there is another account or none to be used. Pure.

One round: each account has its turn at once, then the delivery backs off as usual. How far a round
has come is told by the reason that the entry waits for; it is all that is remembered.
"""

from dataclasses import dataclass
from datetime import timedelta

from delivery.pipeline.route import Random
from signalbus.bus import lines_sql

FAIL_OVER = "failover"
BREAKER = lines_sql.BREAKER
JITTER_SECONDS = 1.0  # over which those who waited for the same breaker are spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the accounts that a delivery may use stand, once it is known that one has failed.

    `choices` counts them all, `others` those that can be used beside the one that failed;
    `is_open`: that one is to be left alone now; `opens_in` is when the first can be used again.
    """

    choices: int = 1
    others: int = 0
    is_open: bool = False
    opens_in: timedelta = timedelta(0)


ALONE = Standing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done at once or soon; a try that met an open breaker is not counted as one."""

    reason: str
    delay: timedelta
    counts: bool


def next_step(reason: str, standing: Standing, random: Random) -> Step | None:
    """The step after a fault of a delivery that had waited for that reason; None: back off."""
    moved = moves(reason)
    counts = not standing.is_open
    if standing.others and moved + 1 < standing.choices:
        return Step(reason=_reason(moved + 1), delay=timedelta(0), counts=counts)
    if standing.is_open and not standing.others:
        delay = standing.opens_in + timedelta(seconds=JITTER_SECONDS * random())
        return Step(reason=BREAKER, delay=delay, counts=False)
    return None


def moves(reason: str) -> int:
    """How often a delivery has changed its account in this round."""
    word, _, count = reason.partition("-")
    return int(count or 1) if word == FAIL_OVER else 0


def _reason(moved: int) -> str:
    return FAIL_OVER if moved == 1 else f"{FAIL_OVER}-{moved}"
