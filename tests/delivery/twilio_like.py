"""A provider like Twilio, with accounts for every channel: it knows no idempotency keys, but keeps
a list of its messages, which the real look-up goes through.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from delivery.pipeline.items import Call
from delivery.providers.account import Account
from delivery.providers.base import Message, Outcome, Provider
from delivery.providers.twilio.lookup import look_up
from signalbus.bus.streams import Channel

LOST = 30003  # the handset was off
FILTERED = 30007


@dataclass(slots=True)
class Record:
    """A message on the list, with the fields that the look-up reads of Twilio's own."""

    sid: str
    to: str
    from_: str
    body: str
    date_created: datetime
    is_listed: bool
    date_updated: datetime | None = None
    status: str = "sent"
    error_code: int | None = None
    error_message: str | None = None
    messaging_service_sid: str | None = None


@dataclass(slots=True)
class Gateway:
    """What the provider knows, and how it answers questions."""

    records: dict[UUID, list[Record]] = field(default_factory=dict)  # by account
    is_away: bool = False
    takes_questions: bool = True

    def driver(self, account: Account) -> "TwilioLike":
        """In the registry's place."""
        return (TwilioLike if self.takes_questions else Deaf)(account, self)

    def forget(self) -> None:
        """As it was in the beginning."""
        self.records.clear()
        self.is_away, self.takes_questions = False, True

    def take(self, call: Call, at: datetime, *, is_listed: bool) -> None:
        """A message is on its way; the list may show it only later."""
        assert call.account is not None
        assert call.message is not None
        record = Record(
            sid=f"SM-{call.attempt}",
            to=call.message.to,
            from_=call.message.sender,
            body=call.message.text,
            date_created=at,
            is_listed=is_listed,
        )
        self.records.setdefault(call.account.id, []).append(record)

    def list_all(self) -> None:
        """The list has caught up."""
        for record in self._all():
            record.is_listed = True

    def settle(self, number: int, status: str, code: int | None = None) -> None:
        """The last word on a message, for whoever asks."""
        records = self._all()
        if records:
            record = records[number % len(records)]
            record.status, record.error_code = status, code

    def pass_time(self, seconds: float) -> None:
        for record in self._all():
            record.date_created -= timedelta(seconds=seconds)

    def _all(self) -> list[Record]:
        return [record for records in self.records.values() for record in records]


class TwilioLike(Provider):
    """An account's driver."""

    kind = "twilio-like"
    channels = (Channel.EMAIL, Channel.SMS)
    reconciles: ClassVar[bool] = True

    def __init__(self, account: Account, gateway: Gateway) -> None:
        super().__init__(account)
        self._gateway = gateway

    def look_up(self, message: Message) -> Outcome | None:
        """Raises ConnectionError while it is away."""
        if self._gateway.is_away:
            raise ConnectionError("Nobody answers.")
        return look_up(self, message, {"from_": message.sender})

    def stream(self, *, to: str, from_: str, limit: int) -> Sequence[Record]:
        """The messages of this account, the newest first, as the client of Twilio has them."""
        mine = self._gateway.records.get(self.account.id, ())
        found = [each for each in mine if each.is_listed and (each.to, each.from_) == (to, from_)]
        return sorted(found, key=lambda each: each.date_created, reverse=True)[:limit]


class Deaf(TwilioLike):
    """One whose provider has no list to look through."""

    reconciles = False
