"""A week of the shop's notifications, by the hours at which people buy books."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from notifications.models import Policy, Recipient
from signalbus.bus.streams import Channel
from templates_app.models import TemplateVersion
from tests.browser.shop.fates import OUTAGE, Fate, fate
from tests.browser.shop.orders import DATA
from tests.browser.shop.people import Customer
from tests.browser.shop.rows import Account, Rows, Wish

EMAIL, SMS = Channel.EMAIL, Channel.SMS
DAYS = 7
# topic → its share, its channels
TOPICS: dict[str, tuple[int, tuple[Channel, ...]]] = {
    "order.confirmed": (34, (EMAIL,)),
    "order.shipped": (28, (EMAIL, SMS)),
    "login.code": (20, (SMS,)),
    "order.delayed": (5, (SMS,)),
    "welcome": (7, (EMAIL,)),
    "invoice.sent": (4, (EMAIL,)),
    "password.changed": (2, (EMAIL,)),
}
# How busy each hour of the shop's day is, from midnight on.
BY_HOUR = (3, 2, 1, 1, 1, 2, 5, 9, 14, 18, 20, 21, 24, 22, 19, 18, 19, 22, 26, 30, 28, 20, 12, 6)
CLOSES = 16  # the hour at which the week is looked at, whatever the time is
NEWSLETTER = timedelta(days=2, hours=22)  # ago, when it went out
NEWSLETTER_SIZE, NEWSLETTER_MINUTES = 420, 25
OUTAGE_BEGAN, OUTAGE_ENDED = timedelta(hours=6, minutes=40), timedelta(hours=4, minutes=20)
CART_SHARE = 0.4  # of the notifications that carry a correlation id


def rows(random: Random, accounts: dict[str, Account]) -> Rows:
    """Nothing yet, with the texts that are published."""
    published = TemplateVersion.objects.filter(current=True).select_related("template")
    channels = Policy.objects.values_list("topic", "channels__template__name")
    return Rows(
        random=random,
        accounts=accounts,
        versions={(each.template.name, each.channel, each.locale): each for each in published},
        templates=dict(channels),
    )


def wish(
    random: Random, topic: str, at: datetime, customer: Customer, known: dict[str, Recipient]
) -> Wish:
    """That topic for that customer."""
    data = DATA[topic](random)
    cart = f"cart-{data['order']}" if "order" in data and random.random() < CART_SHARE else ""
    return Wish(
        topic=topic,
        priority=_priority(topic),
        customer=customer,
        recipient=known[customer.reference],
        at=at,
        data=data,
        correlation_id=cart,
    )


def fill(
    found: Rows,
    now: datetime,
    per_hour: int,
    some: list[Customer],
    known: dict[str, Recipient],
    topics: Sequence[str] = tuple(TOPICS),
) -> None:
    """All of it up to now, at most so many in the busiest hours."""
    random = found.random
    shares = [TOPICS[topic][0] for topic in topics]
    for at in _moments(random, now, per_hour):
        (topic,) = random.choices(topics, shares)
        asked = wish(random, topic, at, random.choice(some), known)
        fates = {channel: _fate(channel, now - at, random) for channel in TOPICS[topic][1]}
        found.add(asked, fates)


def send_news(
    found: Rows, now: datetime, some: list[Customer], known: dict[str, Recipient]
) -> None:
    """The newsletter, to very many at once."""
    random = found.random
    for _ in range(NEWSLETTER_SIZE):
        at = now - NEWSLETTER + timedelta(minutes=random.uniform(0, NEWSLETTER_MINUTES))
        asked = wish(random, "newsletter.weekly", at, random.choice(some), known)
        found.add(asked, {EMAIL: fate(EMAIL, random)})


def _moments(random: Random, now: datetime, per_hour: int) -> Iterator[datetime]:
    for hours in range(24 * DAYS, 0, -1):
        begins = now - timedelta(hours=hours)
        busy = BY_HOUR[(CLOSES - hours) % 24] / max(BY_HOUR)
        count = round(per_hour * busy * random.uniform(0.8, 1.15))
        yield from sorted(begins + timedelta(hours=random.random()) for _ in range(count))


def _fate(channel: Channel, ago: timedelta, random: Random) -> Fate:
    """Of most SMS of the outage the provider took none."""
    is_out = channel == SMS and OUTAGE_ENDED < ago < OUTAGE_BEGAN
    return OUTAGE if is_out and random.random() < 0.7 else fate(channel, random)


def _priority(topic: str) -> str:
    if topic in ("login.code", "order.delayed", "password.changed"):
        return "high"
    return "bulk" if topic == "newsletter.weekly" else "normal"
