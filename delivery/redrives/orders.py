"""An order to redrive many deliveries, and what it would take at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from delivery import redrive_account
from delivery.redrive_account import Named
from delivery.redrives.filters import NOTHING_NAMED, RedriveFilter, condition
from delivery.suppressed import LeftOut, is_suppressed, left_out
from notifications.models import Delivery
from signalbus.api.problems import PointedError, invalid
from signalbus.bus.models import OutboxEntry

LIMIT = 1_000
MOST = 100_000
HIGHEST_RATE = 10_000.0  # a second; more is as good as at once
MOST_LEFT = 20  # suppressed deliveries that are told one by one
OTHER_CHANNEL = "The account {name} sends on the channel {channel}, and not on {asked}."
WAITS = Exists(OutboxEntry.objects.filter(id=OuterRef("id")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be redriven, how many at most, and how.

    `rate` is in deliveries per second; None puts all of them into the line at once. `account` is
    the only one to be used; with it, only deliveries of its channel are taken.
    """

    mode: str
    actor: str
    filter: RedriveFilter
    limit: int = LIMIT
    rate: float | None = None
    account: Named | None = None
    former_account: UUID | None = None

    @classmethod
    def of(
        cls,
        *,
        mode: str,
        actor: str,
        wanted: RedriveFilter,
        limit: int = LIMIT,
        rate: float | None = None,
        account: str | None = None,
    ) -> "Order":
        """An order whose accounts are named. Raises Problem `invalid` for what cannot be."""
        if wanted.is_empty:
            raise invalid(PointedError("/filter", NOTHING_NAMED))
        named = redrive_account.to_send_through(mode, account)
        if named and wanted.channel and wanted.channel != named.channel:
            told = OTHER_CHANNEL.format(
                name=named.name, channel=named.channel, asked=wanted.channel
            )
            raise invalid(PointedError("/account", told))
        return cls(
            mode=mode,
            actor=actor,
            filter=wanted,
            limit=limit,
            rate=rate,
            account=named,
            former_account=redrive_account.sent_through(wanted.account),
        )

    def found(self) -> QuerySet[Delivery]:
        """What it finds that waits for nothing already, the suppressed ones among it."""
        rows = Delivery.objects.filter(condition(self.mode, self.filter, self.former_account))
        if self.account:
            rows = rows.filter(channel=self.account.channel)
        return rows.exclude(WAITS)

    def candidates(self) -> QuerySet[Delivery]:
        """What it takes, the oldest first."""
        rows = self.found().exclude(is_suppressed(self.mode))
        return rows.order_by("id")[: self.limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many an order takes, and how many it leaves because their address is suppressed.

    `left` are the first of those; both numbers end at the order's limit.
    """

    count: int
    left_count: int
    left: Sequence[LeftOut]


def count(order: Order) -> Counted:
    """What `begin` would do now, without doing it."""
    return counted(order, order.candidates().count())


def counted(order: Order, number: int) -> Counted:
    """The number that are taken, with what is left of the rest."""
    barred = order.found().filter(is_suppressed(order.mode)).order_by("id")
    named = barred.annotate(topic=F("notification__topic"))[:MOST_LEFT]
    left = left_out(order.mode, list(named))
    return Counted(
        count=number, left_count=barred[: order.limit].count(), left=tuple(left.values())
    )
