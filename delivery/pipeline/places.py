"""How many messages may go to providers in this turn: places counted in calls. Pure."""

from collections import Counter
from typing import Protocol
from uuid import UUID

from delivery.pipeline.items import Planned


class Rooms(Protocol):
    """What there is room for; the dispatcher."""

    @property
    def free(self) -> int: ...

    def room(self, account: UUID) -> int: ...

    def trial(self, account: UUID) -> int: ...


class Places:
    """The free places of one turn, handed out message by message."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._left = rooms.free
        self._room: dict[UUID, int] = {}
        self._trial: dict[UUID, int] = {}
        self._messages: Counter[UUID] = Counter()

    def take(self, planned: Planned) -> bool:
        """Whether there is a place for it; each `max_batch` messages of an account share one.

        One that might go by another account first waits for what a few bring, so that a provider
        that is down costs few tries.
        """
        account = planned.account.id
        if len(planned.choices) > 1 and self._messages[account] >= self._few(account):
            return False
        begins = self._messages[account] % planned.provider.max_batch == 0
        if begins and not self._take_place(account):
            return False
        self._messages[account] += 1
        return True

    def _few(self, account: UUID) -> int:
        if account not in self._trial:
            self._trial[account] = self._rooms.trial(account)
        return self._trial[account]

    def _take_place(self, account: UUID) -> bool:
        if self._left < 1:
            return False
        if account not in self._room:
            self._room[account] = self._rooms.room(account)
        if self._room[account] < 1:
            return False
        self._room[account] -= 1
        self._left -= 1
        return True
