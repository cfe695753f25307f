"""A notification with all that hangs on it, as rows that are stored in a few statements."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Model

from delivery.models import Attempt, DeadLetter, Receipt
from notifications.models import Delivery, Notification, Recipient
from notifications.states import Status, status_of_all
from signalbus.core.ids import lowest_id_at
from templates_app.models import TemplateVersion
from tests.browser.shop.fates import Call, Fate
from tests.browser.shop.people import Customer

RANDOM_BITS = 62  # of a UUIDv7, besides twelve that nobody misses
ORDER_OF_STORING = (Notification, Delivery, Attempt, Receipt, DeadLetter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account that a channel's messages went through."""

    id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the shop asked for: one topic for one customer at one moment."""

    topic: str
    priority: str
    customer: Customer
    recipient: Recipient | None
    at: datetime
    data: dict[str, Any]
    mode: str = "live"
    correlation_id: str = ""
    send_at: datetime | None = None


@dataclass(slots=True)
class Rows:
    """What is to be stored, of several tables."""

    random: Random
    accounts: dict[str, Account]
    versions: dict[tuple[str, str, str], TemplateVersion]
    templates: dict[str, str]
    made: list[Model] = field(default_factory=list)

    def new_id(self, at: datetime) -> UUID:
        """An id of that moment."""
        return UUID(int=lowest_id_at(at).int | self.random.getrandbits(RANDOM_BITS))

    def add(self, wish: Wish, fates: dict[str, Fate]) -> list[Delivery]:
        """A notification with a delivery on each channel; returns the deliveries."""
        notification = self._notification(wish, fates)
        self.made.append(notification)
        return [self._delivery(wish, notification, each) for each in fates.items()]

    def store(self) -> None:
        """Write everything, table by table."""
        for model in ORDER_OF_STORING:
            rows: Iterable[Any] = [row for row in self.made if type(row) is model]
            model._default_manager.bulk_create(rows, batch_size=1000)

    def _notification(self, wish: Wish, fates: dict[str, Fate]) -> Notification:
        return Notification(
            id=self.new_id(wish.at),
            mode=wish.mode,
            topic=wish.topic,
            status=status_of_all(each.status for each in fates.values()),
            priority=wish.priority,
            recipient=wish.recipient,
            recipient_ref=wish.customer.reference,
            correlation_id=wish.correlation_id,
            locale=wish.customer.locale,
            data=wish.data,
            trace_id=f"{self.random.getrandbits(128):032x}",
            send_at=wish.send_at,
            created_at=wish.at,
        )

    def _delivery(self, wish: Wish, parent: Notification, given: tuple[str, Fate]) -> Delivery:
        channel, fate = given
        delivery = self._bare_delivery(wish, parent, channel, fate)
        self.made.append(delivery)
        at = wish.at + timedelta(seconds=self.random.uniform(0.15, 1.2))
        for number, call in enumerate(fate.calls, start=1):
            attempt = self._attempt(delivery, call, number, at)
            delivery.settled_at = at
            at += timedelta(seconds=self.random.uniform(20, 90) * number)
        if fate.receipt:
            self._receipt(delivery, fate, attempt)
        if fate.status == Status.DEAD:
            self._dead_letter(parent, delivery)
        return delivery

    def _bare_delivery(
        self, wish: Wish, parent: Notification, channel: str, fate: Fate
    ) -> Delivery:
        account = self.accounts[channel] if fate.calls else None
        version = self._version(wish, channel)
        return Delivery(
            id=self.new_id(wish.at),
            notification=parent,
            mode=wish.mode,
            channel=channel,
            lane=wish.priority,
            status=fate.status,
            reason=fate.reason,
            address=wish.customer.email if channel == "email" else wish.customer.phone,
            template_version=version,
            locale=version.locale,
            attempts=len(fate.calls),
            account_id=account.id if account else None,
            provider=account.kind if account else "",
            error_class=fate.error_class,
            error_code=fate.code or fate.last.code if fate.error_class else "",
            detail=fate.detail or fate.last.detail,
            settled_at=wish.at if fate.status == Status.SKIPPED else None,
            created_at=wish.at,
        )

    def _version(self, wish: Wish, channel: str) -> TemplateVersion:
        """The published text in the customer's language, or else in English."""
        name = self.templates[wish.topic]
        own = self.versions.get((name, channel, wish.customer.locale))
        return own or self.versions[name, channel, "en"]

    def _attempt(self, delivery: Delivery, call: Call, number: int, at: datetime) -> Attempt:
        taken = call.outcome == "accepted"
        attempt = Attempt(
            id=self.new_id(at),
            delivery=delivery,
            number=number,
            account_id=delivery.account_id,
            provider=delivery.provider,
            outcome=call.outcome,
            error_class=call.error_class,
            code="" if taken else call.code,
            detail=call.detail,
            reference=f"{self.random.getrandbits(64):016x}" if taken else "",
            started_at=at,
            duration_ms=int(self.random.lognormvariate(4.9, 0.45)),
        )
        delivery.reference = attempt.reference
        self.made.append(attempt)
        return attempt

    def _receipt(self, delivery: Delivery, fate: Fate, attempt: Attempt) -> None:
        at = attempt.started_at + timedelta(seconds=self.random.lognormvariate(1.1, 0.7))
        self.made.append(
            Receipt(
                id=self.new_id(at),
                account_id=delivery.account_id,
                event_id=f"evt_{self.random.getrandbits(48):012x}",
                delivery=delivery,
                attempt_id=attempt.id,
                reference=attempt.reference,
                event=fate.receipt,
                error_class=fate.error_class,
                code=fate.code,
                detail=fate.detail,
                applied=True,
                occurred_at=at,
                created_at=at + timedelta(milliseconds=400),
            )
        )

    def _dead_letter(self, parent: Notification, delivery: Delivery) -> None:
        at = delivery.settled_at or delivery.created_at
        self.made.append(
            DeadLetter(
                id=self.new_id(at),
                delivery=delivery,
                notification_id=parent.id,
                mode=delivery.mode,
                channel=delivery.channel,
                topic=parent.topic,
                provider=delivery.provider,
                error_class=delivery.error_class,
                code=delivery.error_code,
                reason=delivery.detail,
                attempts=delivery.attempts,
                created_at=at,
            )
        )
