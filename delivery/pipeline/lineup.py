"""Who may go now: one delivery in flight for each recipient and lane, and a place for the call.

What may not go yet waits here in order, up to a bound; the rest is given back to the line. The
offsets of what waits are committed all the same, for its place in the line is kept by its entry.
Pure.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from delivery.pipeline.bulkhead import UNBOUNDED
from delivery.pipeline.items import OrderKey, Planned
from signalbus.bus.received import Received

LONGEST = 1_000  # items that wait for a place
MOST_SLOW = LONGEST // 2  # of them so many of slow accounts are in nobody's way
LONGEST_OF_ONE = 16  # items that wait for one recipient's turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Those that may go now, and those for whom there is no room to wait.

    `behind` are too many of one recipient, `crowd` too many of one account, or of all.
    """

    admitted: list[Planned] = field(default_factory=list)
    behind: list[Planned] = field(default_factory=list)
    crowd: list[Planned] = field(default_factory=list)


class Lineup:
    """The order keys in flight, and what waits for one of them or for an account's place."""

    def __init__(self) -> None:
        self._behind: dict[OrderKey, deque[Received]] = {}
        self._placeless: defaultdict[UUID, deque[Planned]] = defaultdict(deque)
        self._placeless_keys: Counter[OrderKey] = Counter()
        self._released: list[Received] = []
        self._called: list[Planned] = []  # of the released, those that waited for a place
        self._slow: set[UUID] = set()

    def __len__(self) -> int:
        """How many wait for a place, or are to be looked at again; as far as others wait for them.

        A few of each slow account always wait here. As long as there is room to wait, they must
        not keep anybody from asking for messages of the quick ones.
        """
        slow = sum(len(self._placeless[each]) for each in self._slow if each in self._placeless)
        return self._placeless_keys.total() - min(slow, MOST_SLOW) + len(self._released)

    def clear(self) -> list[Received]:
        """All that wait, for whatever reason; they wait no longer."""
        waiting = [
            *self._released,
            *(each.item.received for queue in self._placeless.values() for each in queue),
            *(received for queue in self._behind.values() for received in queue),
        ]
        self._released.clear()
        self._called.clear()
        self._placeless.clear()
        self._placeless_keys.clear()
        for queue in self._behind.values():
            queue.clear()
        return waiting

    def take_released(self) -> list[Received]:
        """Those whose obstacle has gone, to be looked at anew before what is new."""
        released, self._released, self._called = self._released, [], []
        return released

    def admit(
        self,
        again: Sequence[Planned],
        new: Sequence[Planned],
        has_place: Callable[[Planned], bool],
    ) -> Admission:
        """Let in whom nothing hinders; `again` are those that have waited before."""
        admission = Admission()
        hindered = [each for each in again if not self._let_in(each, has_place, admission)]
        for each in reversed(hindered):
            self._placeless[each.account.id].appendleft(each)
        self._placeless_keys.update(each.item.order_key for each in hindered)
        for each in new:
            if not self._let_in(each, has_place, admission):
                self._queue_for_place(each, admission)
        return admission

    def done(self, keys: Iterable[OrderKey]) -> None:
        """These are in flight no longer: who waited behind them is released."""
        for key in keys:
            self._released += self._behind.pop(key, ())

    def defer(self, planned: Planned) -> None:
        """Let one that was admitted have another turn."""
        self._released.append(planned.item.received)
        self.done([planned.item.order_key])

    def top_up(self, takes_place: Callable[[Planned], bool]) -> None:
        """Release all for whom there is a place by now, one of each account in turn.

        Those that have been released take theirs first. Without this an account that once had few
        places would go on with so few, for each end of a call would release one message.
        """
        for planned in self._called:
            takes_place(planned)
        queues = deque(self._placeless.items())
        while queues:
            account, queue = queues.popleft()
            if takes_place(queue[0]):
                self.release(account, 1)
                if queue:
                    queues.append((account, queue))

    def thin_out(self, patience: Callable[[UUID], int]) -> list[Planned]:
        """Take out those that came last of each account of which more wait than its patience."""
        surplus: list[Planned] = []
        patient = {account: patience(account) for account in tuple(self._placeless)}
        self._slow = {account for account, most in patient.items() if most < UNBOUNDED}
        for account in self._slow:
            queue = self._placeless[account]
            most = patient[account] * queue[0].provider.max_batch
            while len(queue) > most:
                surplus.append(queue.pop())
                self._count_down(surplus[-1].item.order_key)
        return surplus

    def release(self, account: UUID, count: int) -> None:
        """The account has places again: so many of those that waited for one are released."""
        queue = self._placeless.get(account)
        while queue and count > 0:
            planned = queue.popleft()
            self._count_down(planned.item.order_key)
            self._released.append(planned.item.received)
            self._called.append(planned)
            count -= 1
        if not queue:
            self._placeless.pop(account, None)

    def _let_in(
        self, each: Planned, has_place: Callable[[Planned], bool], admission: Admission
    ) -> bool:
        key = each.item.order_key
        if key in self._behind:
            self._queue_behind(each, admission)
            return True
        if key in self._placeless_keys or not has_place(each):
            return False
        self._behind[key] = deque()
        admission.admitted.append(each)
        return True

    def _queue_behind(self, each: Planned, admission: Admission) -> None:
        queue = self._behind[each.item.order_key]
        if len(queue) < LONGEST_OF_ONE:
            queue.append(each.item.received)
        else:
            admission.behind.append(each)

    def _queue_for_place(self, each: Planned, admission: Admission) -> None:
        if self._placeless_keys.total() >= LONGEST:
            admission.crowd.append(each)
            return
        self._placeless[each.account.id].append(each)
        self._placeless_keys[each.item.order_key] += 1

    def _count_down(self, key: OrderKey) -> None:
        self._placeless_keys[key] -= 1
        if not self._placeless_keys[key]:
            del self._placeless_keys[key]
