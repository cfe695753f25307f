"""What waits in the line: now, later, again, or until somebody has looked."""

from datetime import datetime, timedelta

from notifications.models import Delivery, Recipient
from notifications.states import Status
from signalbus.bus import outbox
from signalbus.bus.entries import NewEntry
from signalbus.bus.lines import pause
from signalbus.bus.models import OutboxEntry
from signalbus.bus.streams import Channel, stream_of
from tenants.identity import TenantIdentity
from tests.browser.shop.fates import GREYLISTED, Fate
from tests.browser.shop.notices import GUARD_TEXT
from tests.browser.shop.people import Customer
from tests.browser.shop.rows import Rows
from tests.browser.shop.week import wish

EMAIL, SMS = Channel.EMAIL, Channel.SMS
Known = dict[str, Recipient]
WAITING = Fate(share=0, status=Status.QUEUED, calls=())
RETRYING = Fate(
    share=0, status=Status.QUEUED, calls=(GREYLISTED,), error_class=GREYLISTED.error_class
)
# topic, channel, minutes from now at which it was asked for and is due, why it waits, what it is
LINE: tuple[tuple[str, str, float, float, str, Fate], ...] = (
    ("order.confirmed", EMAIL, -0.3, -0.2, "", WAITING),
    ("login.code", SMS, -0.2, -0.1, "", WAITING),
    ("order.shipped", EMAIL, -6, 4, "retry", RETRYING),
    ("order.confirmed", EMAIL, -9, 11, "retry", RETRYING),
    ("invoice.sent", EMAIL, -52, 95, "scheduled", WAITING),
    ("invoice.sent", EMAIL, -51, 96, "scheduled", WAITING),
    ("invoice.sent", EMAIL, -51, 97, "scheduled", WAITING),
)
HELD_NEWS = 34


def line_up(
    found: Rows, tenant: TenantIdentity, now: datetime, some: list[Customer], known: Known
) -> None:
    """Add what was asked for last, and put it into the line."""
    asked = [*LINE, *[("newsletter.weekly", EMAIL, -14.0, -13.0, "", WAITING)] * HELD_NEWS]
    entries = []
    for at, (topic, channel, made, due, reason, fate) in enumerate(asked):
        made_at, due_at = (now + timedelta(minutes=minutes) for minutes in (made, due))
        asked_for = wish(found.random, topic, made_at, some[at], known)
        (delivery,) = found.add(asked_for, {channel: fate})
        delivery.settled_at = None
        entries.append(_entry(tenant, delivery, due_at, reason))
    outbox.publish(entries)
    OutboxEntry.objects.filter(tenant_id=tenant.id, reason="retry").update(tries=1)
    pause("email.bulk", tenant.id, "guard", GUARD_TEXT)


def _entry(tenant: TenantIdentity, delivery: Delivery, due_at: datetime, reason: str) -> NewEntry:
    return NewEntry(
        id=delivery.id,
        stream=stream_of(delivery.channel, delivery.lane),
        tenant_id=tenant.id,
        partition_key=delivery.id.int % 2**31,
        delivery=delivery.id,
        available_at=due_at,
        reason=reason,
    )
