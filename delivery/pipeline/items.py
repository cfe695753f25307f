"""What travels through the pipeline, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from delivery.providers.account import SIMULATOR, Account
from delivery.providers.messages import Message, Outcome
from delivery.topics import COMMON, TopicRules
from signalbus.bus.received import Received
from signalbus.bus.streams import stream_of

if TYPE_CHECKING:
    from delivery.providers.base import Provider
    from tenants.identity import TenantIdentity

OrderKey = tuple[int, object, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A delivery with all that is needed to decide on it; `now` is the database's clock.

    `deadline` is the caller's `expires_at`, or else how long the installation tries; `due_at` is
    when it was first meant to go out, `suppressed` the reason of a suppression that holds since
    `suppressed_at`, or empty. `account` is the one last used, `error_class` what it answered,
    `wanted_account` the only one to be used; `overtaken` says that this one was made in another's
    place, and one of the notification has arrived after all. `generation` and what follows it are
    the outbox entry's; `generation` is None where the entry is gone.
    """

    delivery: UUID
    notification: UUID
    mode: str
    channel: str
    lane: str
    status: str
    address: str
    version: UUID | None
    locale: str
    deadline: datetime | None
    expires_at: datetime | None
    attempts: int
    redrives: int
    possibly_repeated: bool
    account: UUID | None
    wanted_account: UUID | None
    error_class: str
    fell_over: bool
    overtaken: bool
    topic: str
    data: Mapping[str, Any]
    content: Mapping[str, Any] | None
    correlation_id: str
    due_at: datetime
    recipient: UUID | None
    recipient_ref: str
    recipient_locale: str | None
    time_zone: str | None
    attributes: Mapping[str, Any] | None
    suppressed: str
    suppressed_at: datetime | None
    generation: int | None
    purpose: str
    claim: UUID | None
    claim_account: UUID | None
    claim_sender: str | None
    claimed_at: datetime | None
    available_at: datetime | None
    reserved_account: UUID | None
    reserved_at: datetime | None
    tries: int
    crashes: int
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A message that came over Kafka, with its tenant, its facts and its topic's rules."""

    received: Received
    tenant: "TenantIdentity"
    facts: Facts
    rules: TopicRules = COMMON

    @property
    def stream(self) -> str:
        """The stream that its entry stands in."""
        return stream_of(self.facts.channel, self.facts.lane)

    @property
    def order_key(self) -> OrderKey:
        """Of the deliveries with the same key one is in flight at a time."""
        facts = self.facts
        return (self.tenant.id, facts.recipient or facts.address, facts.lane)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """The latest attempt of a delivery. `outcome` is None as long as it is unknown."""

    id: UUID
    number: int
    account_id: UUID | None
    started_at: datetime
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An item and the driver of its account; `earlier` is the attempt to be asked about.

    `answer` is what is known of that attempt without asking, `taken` the references of the account
    that are other attempts'; `choices` are all the accounts that the item may be sent by.
    """

    item: Item
    provider: "Provider"
    choices: tuple[Account, ...] = ()
    earlier: Attempted | None = None
    answer: Outcome | None = None
    taken: frozenset[str] = frozenset()

    @property
    def account(self) -> Account:
        return self.provider.account

    @property
    def is_its_lines(self) -> bool:
        """Whether all that its line brings goes by this account, as far as is known."""
        return is_its_lines(self.item, self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A delivery on its way to a provider. The attempt's id is the claim.

    `account` is None where an expired claim named one that is gone. `message` is None of a call
    that another worker made. `reconciles` says that it only asks about an earlier attempt, and
    `can_ask` that the provider can be asked; `began` is when that earlier attempt did. With
    an `answer` at hand nobody is asked. `choices` are all the accounts it might have gone by.
    """

    item: Item
    account: Account | None
    attempt: UUID
    number: int
    message: Message | None = None
    visible_for: float = 0.0
    reconciles: bool = False
    can_ask: bool = False
    began: datetime | None = None
    answer: Outcome | None = None
    choices: tuple[Account, ...] = ()

    @property
    def entry(self) -> UUID:
        return self.item.facts.delivery


def is_its_lines(item: Item, choices: tuple[Account, ...]) -> bool:
    """Whether the choice that an item had is the only one that anything of its line has."""
    return len(choices) == 1 and choices[0] is not SIMULATOR and item.facts.wanted_account is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What came of a call; the outcome is None where it was not begun or nobody knows more."""

    call: Call
    outcome: Outcome | None
    started_at: datetime
    duration_ms: int | None
    begun: bool = True
