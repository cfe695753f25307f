"""What gave up, what somebody did about it, and receipts of which nobody knows whose they are."""

from datetime import datetime, timedelta
from uuid import UUID

from delivery import dead_letters
from delivery.models import Receipt, Redrive
from delivery.redrives import Order, RedriveFilter, begin
from notifications.models import Delivery, Notification, Recipient
from notifications.states import Status
from signalbus.bus.models import OutboxEntry
from signalbus.bus.streams import Channel
from tests.browser.shop.access import OPERATOR
from tests.browser.shop.fates import FULL, GREYLISTED, TAKEN, Fate
from tests.browser.shop.people import Customer
from tests.browser.shop.rows import Rows
from tests.browser.shop.week import wish

EMAIL, SMS = Channel.EMAIL, Channel.SMS
ACTOR = f"user {OPERATOR}"
ACKNOWLEDGED = 4
STORY_FULL = Fate(
    share=0, status=Status.DEAD, calls=(GREYLISTED, FULL, FULL, FULL), error_class="unreachable"
)
DELIVERED = Fate(share=0, status=Status.DELIVERED, calls=(TAKEN,), receipt="delivered")
LOST = (
    ("bounced", "0102019a77", "old.list@example.net"),
    ("delivered", "SM5c1d22f0", "+33639980999"),
    ("complained", "0102019a91", "someone@example.com"),
)


def tell_a_story(
    found: Rows, now: datetime, customer: Customer, known: dict[str, Recipient]
) -> None:
    """An order of which the SMS arrived and the e-mail did not: what somebody looks for."""
    asked = wish(found.random, "order.shipped", now - timedelta(minutes=27), customer, known)
    found.add(asked, {EMAIL: STORY_FULL, SMS: DELIVERED})


def work_off() -> None:
    """Somebody redrove what the outage left, and has looked at some of the rest."""
    wanted = RedriveFilter(status=Status.DEAD, error_class="provider_down")
    _deliver(begin(Order.of(mode="live", actor=ACTOR, wanted=wanted, limit=18, rate=2)).redrive)
    letters = dead_letters.open_letters("live").order_by("id").values_list("id", flat=True)
    dead_letters.acknowledge(list(letters[:ACKNOWLEDGED]), ACTOR)


def go_on() -> None:
    """They have begun with the rest, slowly."""
    wanted = RedriveFilter(status=Status.DEAD, error_class="provider_down")
    begin(Order.of(mode="live", actor=ACTOR, wanted=wanted, limit=8, rate=0.02))


def lose_receipts(account: UUID, now: datetime) -> None:
    """Receipts about nothing that the shop has sent."""
    for at, (event, reference, to) in enumerate(LOST):
        moment = now - timedelta(hours=5 * at + 1)
        Receipt.objects.create(
            account_id=account,
            event_id=f"evt_lost_{at}",
            reference=reference,
            event=event,
            applied=False,
            raw={"event": event, "recipient": to, "message_id": reference},
            occurred_at=moment,
            created_at=moment,
        )


def _deliver(redrive: Redrive) -> None:
    """All of it went out well this time."""
    ids = list(redrive.deliveries.values_list("delivery_id", flat=True))
    OutboxEntry.objects.filter(id__in=ids).delete()
    rows = Delivery.objects.filter(id__in=ids)
    rows.update(status=Status.DELIVERED, error_class="", error_code="", detail="")
    parents = list(rows.values_list("notification_id", flat=True))
    Notification.objects.filter(id__in=parents).update(status=Status.DELIVERED)
