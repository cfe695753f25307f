"""Kills one of the victims every few seconds, in an order that the seed decides."""

import random
import time
from dataclasses import dataclass, field

from benchmarks.chaos.patience import patiently
from benchmarks.stack import Stack

# Between two kills so many seconds pass; what was killed stays away for as many.
PAUSES = (2.0, 5.0)
AWAY = (0.0, 2.0)
WORKER = "worker"
PROCESSES = ("web", "relay", WORKER)
SERVERS = ("kafka", "postgres")
CLAIMED = "SELECT count(*) FROM public.bus_outboxentry WHERE claim IS NOT NULL"
VICTIMS = (*PROCESSES, *SERVERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """What was killed, when, and when it was started again; seconds of the wall clock.

    `in_hand` counts the deliveries that a worker which was killed had claimed: under way, or
    answered and not yet recorded.
    """

    victim: str
    at: float
    started: float
    answered: float
    in_hand: int = 0


@dataclass(slots=True)
class Killer:
    """Each victim once, in the seed's order, then again in another one, and so on."""

    stack: Stack
    seed: int
    kills: list[Kill] = field(default_factory=list)
    _random: random.Random = field(init=False)
    _round: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def kill_one(self) -> Kill:
        """Wait, kill the next victim, and start it again after a while."""
        time.sleep(self._random.uniform(*PAUSES))
        if not self._round:
            self._round = self._random.sample(VICTIMS, len(VICTIMS))
        victim = self._round.pop()
        at = time.time()
        self.stack.kill(victim)
        in_hand = patiently(_claimed) if victim == WORKER else 0
        time.sleep(self._random.uniform(*AWAY))
        started = time.time()
        self.stack.start_again(victim)
        kill = Kill(victim=victim, at=at, started=started, answered=time.time(), in_hand=in_hand)
        self.kills.append(kill)
        return kill


def _claimed() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CLAIMED)
        count: int = cursor.fetchone()[0]
        return count
