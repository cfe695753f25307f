"""One tenant's moves: read once, whoever listens, and handed on to all of them."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any, Protocol

from delivery.live import sql
from delivery.live.moves import Move, told
from delivery.live.places import Mark, Place
from delivery.live.reading import PAGE
from delivery.live.trimming import KEPT
from delivery.live.wanted import Wanted
from signalbus.core.logs import get_logger
from signalbus.core.metrics import STREAM_LAG_SECONDS
from tenants.schemas import Rows, TenantWork

LOOK = 0.25  # seconds between two looks
SOON = 0.05  # while a missing id is waited for
AT_ONCE = 0.01  # while somebody waits for the beginning
OPENING = 2.0  # seconds for which a beginning waits for transactions that have not heard of it
RENEW = 60.0  # seconds between two renewals of what says that somebody listens

log = get_logger(__name__)
Statement = tuple[str, dict[str, Any]]


class Page:
    """Moves that are handed on together; each text is made once, however many want it."""

    def __init__(self, moves: list[Move]) -> None:
        self.moves = moves
        self._texts: dict[Wanted, bytes] = {}

    def text(self, wanted: Wanted, after: int) -> bytes:
        """The events of those that somebody wants who has seen all up to an id."""
        if after >= self.moves[0].id:
            return told(move for move in self.moves if move.id > after and wanted.fits(move))
        if wanted not in self._texts:
            self._texts[wanted] = told(move for move in self.moves if wanted.fits(move))
        return self._texts[wanted]


class Follower(Protocol):
    """Whoever is handed pages; `asked.wanted` says what of them."""

    def offer(self, page: Page) -> None: ...


class Feed:
    """Asks for what is new (`question`), and takes the answer in (`take`).

    `opened` is set once changes from now on are kept, and `settled` once nothing can be added to
    what was there before.
    """

    def __init__(self, schema: str) -> None:
        self.schema = schema
        self.opened = asyncio.Event()
        self.settled = asyncio.Event()
        self.followers: set[Follower] = set()
        self._place: Place | None = None
        self._opening: Mark | None = None
        self._listened_at: float | None = None
        self._asked: list[str] = []
        self._is_full = False

    @property
    def at(self) -> int:
        """The last id that was handed on; all up to it are. Only once it is opened."""
        assert self._place is not None
        return self._place.at

    @property
    def delay(self) -> float:
        """Seconds until the next look."""
        if self._is_full:
            return 0.0
        if not self.opened.is_set():
            return AT_ONCE
        return SOON if self._place and self._place.mark else LOOK

    def question(self) -> TenantWork:
        """What is to be asked now."""
        parts = dict(self._parts(time.monotonic()))
        self._asked = list(parts)
        return TenantWork(self.schema, list(parts.values()))

    def take(self, answer: list[Rows]) -> None:
        """What was found."""
        now = time.monotonic()
        found = dict(zip(self._asked, answer, strict=True))
        if "listen" in found:
            self._listened_at = now
        if "last" in found:
            self._begin(found["last"][0][0], found["mark"][0][0], now)
        elif "mark" in found:
            self._place.mark.transaction = found["mark"][0][0]  # type: ignore[union-attr]
        if "moves" in found:
            self._move([Move(*row) for row in found["moves"]], found["oldest"][0][0], now)
        if self._opening is not None and "oldest" in found:
            self._open(self._opening, found["oldest"][0][0], now)

    def _parts(self, now: float) -> Iterator[tuple[str, Statement]]:
        """What is written has to be committed before anything else is asked."""
        if self._listened_at is None or now - self._listened_at >= RENEW:
            yield "listen", (sql.LISTEN, {"seconds": KEPT.total_seconds()})
        if self._listened_at is None:
            return
        if self._place is None:
            yield "last", (sql.LAST, {})
        if self._place is None or (self._place.mark and self._place.mark.transaction is None):
            yield "mark", (sql.MARK, {})
        yield "oldest", (sql.OLDEST_RUNNING, {})
        if self._place is not None:
            yield "moves", (sql.READ, {"after": self._place.at, "page": PAGE})

    def _begin(self, last: int, transaction: int, now: float) -> None:
        self._place = Place(last)
        self._opening = Mark(upto=last, since=now, transaction=transaction)

    def _open(self, opening: Mark, oldest_running: int, now: float) -> None:
        if opening.has_passed(oldest_running, now):
            self._opening = None
            self.settled.set()
        if self._opening is None or now - opening.since > OPENING:
            self.opened.set()

    def _move(self, moves: list[Move], oldest_running: int, now: float) -> None:
        assert self._place is not None
        mark = self._place.mark
        if mark and mark.is_late(now):
            log.warning("live.gap_given_up", schema=self.schema, after=self._place.at)
        taken = self._place.take([move.id for move in moves], oldest_running, now)
        self._is_full = taken == PAGE
        if taken:
            STREAM_LAG_SECONDS.observe(max(0.0, time.time() - moves[0].at.timestamp()))
            self._hand_on(Page(moves[:taken]))

    def _hand_on(self, page: Page) -> None:
        for follower in tuple(self.followers):
            follower.offer(page)
