"""Opens the shop: everything in the order in which it would have come."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import time_machine

from delivery.models import ProviderAccount
from notifications import usage
from notifications.models import Recipient
from signalbus.bus.streams import Channel
from tenants import identity, provisioning
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import Mode, Tenant
from tests.browser.shop import (
    access,
    accounts,
    notices,
    people,
    platform,
    sandbox,
    texts,
    trouble,
    used,
    waiting,
    week,
)
from tests.browser.shop.access import acting
from tests.browser.shop.people import Customer
from tests.browser.shop.rows import Account, Rows

NAME = "harbour-books"
HOST = f"{NAME}.localhost"
SEED = 20_260_501
PER_HOUR = 70  # notifications of the shop in its busiest hours
TESTS = 24  # what was tried in test mode
MONTHLY = 60_000
SMS_OF_TODAY, SMS_PER_DAY = 430, 500  # whatever the time is at which the shop opens


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What somebody has to know who wants to look at it."""

    tenant: TenantIdentity
    invitation: str
    platform_invitation: str
    in_trouble: UUID


def open_shop() -> Shop:
    """Make the shop, its neighbours and their week, in an empty installation."""
    now, random = datetime.now(UTC), Random(SEED)
    with time_machine.travel(now - timedelta(days=61)):
        platform.hire()
        accounts.share()
        tenant = provisioning.create_tenant(NAME, HOST, time_zone="Europe/Paris")
    with in_tenant(tenant):
        _furnish(now)
        doors = access.invite()
        own = accounts.connect(now)
        _work(now, random, tenant, own)
        _limit(now)
        gateway = ProviderAccount.objects.get(name=accounts.IN_TROUBLE).id
    access.cut_keys(tenant, now)
    platform.settle(now, random)
    invitation = platform.govern(now, tenant)
    identity.forget()
    return Shop(
        tenant=identity.by_name(NAME),
        invitation=doors.invitation,
        platform_invitation=invitation,
        in_trouble=gateway,
    )


def _furnish(now: datetime) -> None:
    with time_machine.travel(now - timedelta(days=52)):
        access.hire()
    with time_machine.travel(now - timedelta(days=50)), acting(access.OWNER):
        texts.write()
    with time_machine.travel(now - timedelta(days=6, hours=3)), acting(access.EDITOR):
        texts.rewrite()
    with time_machine.travel(now - timedelta(days=2, hours=5)), acting(access.OWNER):
        access.dismiss()


def _work(now: datetime, random: Random, tenant: TenantIdentity, own: dict[str, Account]) -> None:
    """The week itself, and what came of it."""
    some = people.customers(random)
    known = people.store(some)
    rows = week.rows(random, own)
    week.fill(rows, now, PER_HOUR, some, known)
    week.send_news(rows, now, some, known)
    trouble.tell_a_story(rows, now, some[3], known)
    waiting.line_up(rows, tenant, now, some, known)
    _try(rows, now, some, known)
    rows.store()
    sandbox.store()
    with time_machine.travel(now - timedelta(hours=1)), acting(access.OPERATOR):
        trouble.work_off()
    with time_machine.travel(now - timedelta(seconds=8)), acting(access.OPERATOR):
        trouble.go_on()
    trouble.lose_receipts(own[Channel.EMAIL].id, now)
    notices.suppress(random, some, now)
    notices.notice(now)


def _try(rows: Rows, now: datetime, some: list[Customer], known: dict[str, Recipient]) -> None:
    """What a test key asked for, of people whom only a live one knows."""
    for at in range(TESTS):
        topic = ("order.confirmed", "order.shipped", "login.code")[at % 3]
        made = now - timedelta(minutes=37 * at + 4)
        asked = week.wish(rows.random, topic, made, some[at], known)
        tried = replace(asked, mode=Mode.TEST, recipient=None)
        rows.add(tried, dict.fromkeys(week.TOPICS[topic][1], trouble.DELIVERED))


def _limit(now: datetime) -> None:
    """Quotas, of which most of one is used up."""
    sms = used.count().get((Mode.LIVE, now.date()), Counter())[Channel.SMS]
    usage.add(Mode.LIVE, {Channel.SMS: max(0, SMS_OF_TODAY - sms)}, now.date())
    limits = {"notifications_per_month": MONTHLY, "sms_per_day": SMS_PER_DAY}
    Tenant.objects.filter(name=NAME).update(limits=limits)
