"""How many places an account may hold, so that a slow one delays only itself. Pure.

Quick accounts give their places back at once, so that whoever asks gets one. Slow ones share a part
of the places, each at most twice what it leaves free there; so there is always room for another.
An account of which nothing is known yet gets no more than that: a slow one would keep what it took.
`now` is the monotonic clock.
"""

from collections import OrderedDict, defaultdict
from uuid import UUID

SHARE = 0.75  # of the places, which one account may hold
SLOW_SHARE = 0.375  # of the places, which all slow ones may hold while quick ones are about
SLOW_SECONDS = 1.0  # a call that takes longer makes its account a slow one
LATELY = 2.0  # seconds that quick accounts are about after one of them asked for a place
PATIENCE = 2.0  # seconds: no more of an account's messages wait here than can begin in so long
FEWEST_WAITING = 16
TRIAL = 16  # messages at first of an account of which nobody knows yet how it answers
ENOUGH = 10  # answers that tell: as many as let a breaker open
UNBOUNDED = 1_000_000
WEIGHT_OF_NEWEST = 0.3  # of a call, in what is known of its account
MOST_KNOWN = 10_000  # accounts


class Bulkhead:
    """What each account holds, and how long its calls take."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._began: defaultdict[UUID, dict[int, float]] = defaultdict(dict)
        self._seconds: OrderedDict[UUID, float] = OrderedDict()
        self._answers: dict[UUID, int] = {}
        self._quick_until = 0.0
        self._ticket = 0

    def held(self, account: UUID) -> int:
        """Calls of the account that are under way."""
        return len(self._began.get(account, ()))

    def begin(self, account: UUID, now: float) -> int:
        """A call begins; returns what its end is told by."""
        self._ticket += 1
        self._began[account][self._ticket] = now
        return self._ticket

    def end(self, account: UUID, ticket: int, now: float, messages: int = 1) -> None:
        """A call has ended that was about so many messages."""
        calls = self._began[account]
        took = now - calls.pop(ticket)
        before = self._seconds.pop(account, took)
        self._seconds[account] = before + WEIGHT_OF_NEWEST * (took - before)
        self._answers[account] = min(self._answers.get(account, 0) + messages, ENOUGH)
        if not calls:
            del self._began[account]
        if len(self._seconds) > MOST_KNOWN:
            forgotten, _ = self._seconds.popitem(last=False)
            del self._answers[forgotten]

    def ask(self, account: UUID, now: float) -> int:
        """Places that the account may hold now, as it has something to send."""
        if not self.may_be_slow(account, now):
            self._quick_until = now + LATELY
        return self.allowed(account, now)

    def allowed(self, account: UUID, now: float) -> int:
        """Places that the account may hold now, those it holds included."""
        most = max(1, int(self._places * SHARE))
        if not self.may_be_slow(account, now):
            return most
        others = [each for each in self._began if each != account]
        careful = now < self._quick_until or not self.is_slow(account, now)
        if not others and not careful:
            return most
        left = int(self._places * (SLOW_SHARE if careful else SHARE))
        left -= sum(self.held(each) for each in others if self.may_be_slow(each, now))
        return max(1, 2 * left // 3)

    def trial(self, account: UUID, now: float) -> int:
        """How many messages may try the account now; unbounded once it has answered enough."""
        answers = self._answers.get(account, 0)
        if answers >= ENOUGH or self.is_slow(account, now):
            return UNBOUNDED
        return max(0, TRIAL - self.held(account) - answers)

    def is_slow(self, account: UUID, now: float) -> bool:
        """Whether its calls are known to take long."""
        return (self._seconds_of(account, now) or 0.0) >= SLOW_SECONDS

    def may_be_slow(self, account: UUID, now: float) -> bool:
        """Also one of which nobody knows as yet how long its calls take."""
        seconds = self._seconds_of(account, now)
        return seconds is None or seconds >= SLOW_SECONDS

    def patience(self, account: UUID, now: float) -> int:
        """How many calls of the account may wait for a place; unbounded while it is quick."""
        seconds = self._seconds_of(account, now) or 0.0
        if seconds < SLOW_SECONDS:
            return UNBOUNDED
        return max(FEWEST_WAITING, int(self.allowed(account, now) / seconds * PATIENCE))

    def _seconds_of(self, account: UUID, now: float) -> float | None:
        """How long a call takes: as lately, or as long as the one that is longest under way."""
        known, calls = self._seconds.get(account), self._began.get(account)
        if not calls or (known or 0.0) >= SLOW_SECONDS:
            return known
        longest = now - min(calls.values())
        return longest if longest >= SLOW_SECONDS else known
