"""Who else is on the same installation, and who runs it."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import time_machine

from notifications.models import Policy
from signalbus.bus import outbox
from signalbus.bus.entries import NewEntry
from signalbus.bus.lines import set_weight
from signalbus.core.ids import new_id
from tenants import deleting, domains, platform_keys, provisioning, suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import PlatformAccount, StrayReceipt, Tenant
from tenants.operators import invitations, logins
from tenants.roles import Role
from tests.browser.shop import access, people, used, week
from tests.browser.shop.rows import Account

OWNER, OPERATOR = "petra.holm", "otto.brandt"
# name → in how many days of two months ago it came, notifications in the busiest hours, what waits
NEIGHBOURS = {
    "velo-rent": (3, 30, 12),
    "meridian-clinic": (11, 14, 3),
    "tidal-energy": (20, 6, 0),
    "north-ferries": (31, 0, 0),
    "tinker-lab": (44, 0, 0),
    "paper-boat": (0, 0, 0),
}
NEW = "paper-boat"  # has nothing yet but somebody who may log in
SUSPENDED, LEAVING = "north-ferries", "tinker-lab"
UNPAID = "The invoice of September is open."
LINES = ("email.normal", "sms.normal")


def settle(now: datetime, random: Random) -> None:
    """Make the other tenants, as busy as they are."""
    for name, (day, per_hour, waiting) in NEIGHBOURS.items():
        with time_machine.travel(now - timedelta(days=(60 - day) if day else 0)):
            tenant = provisioning.create_tenant(name, f"{name}.localhost", time_zone="Europe/Paris")
        with in_tenant(tenant):
            _fill(now, random, per_hour)
            if name == NEW:
                logins.create_operator(access.OWNER, access.PASSWORD)
        _line_up(tenant, now, waiting)


def govern(now: datetime, shop: TenantIdentity) -> str:
    """What those who run the installation did; returns the secret of an invitation."""
    ids = dict(Tenant.objects.served().values_list("name", "id"))
    suspension.suspend(ids[SUSPENDED], UNPAID)
    deleting.schedule(ids[LEAVING], now)
    domains.add(Tenant.objects.get(pk=shop.id), "notify.harbour-books.example.org")
    set_weight("sms.high", shop.id, 3)
    set_weight("email.bulk", ids["velo-rent"], 2)
    for name, at in (("Customer portal", now - timedelta(minutes=4)), ("Provisioning", None)):
        key = platform_keys.create_key(name).key
        key.last_used_at = at
        key.save()
    _stray(now)
    return invitations.invite("lars.vik@example.org", Role.OPERATOR, OWNER).secret


def hire() -> None:
    """Make the people of the platform."""
    for username, role in ((OWNER, Role.OWNER), (OPERATOR, Role.OPERATOR)):
        logins.create_operator(username, access.PASSWORD, f"{username}@example.org", role)


def _fill(now: datetime, random: Random, per_hour: int) -> None:
    if not per_hour or not Policy.objects.exists():
        return
    some = people.customers(random)
    known = people.store(some)
    shared = PlatformAccount.objects.all()
    accounts = {each.channel: Account(id=each.id, kind=each.kind) for each in shared}
    rows = week.rows(random, accounts)
    week.fill(rows, now, per_hour, some, known, topics=("order.shipped", "login.code", "welcome"))
    rows.store()
    used.count()


def _line_up(tenant: TenantIdentity, now: datetime, waiting: int) -> None:
    outbox.publish(
        [
            NewEntry(
                id=new_id(),
                stream=LINES[at % 2],
                tenant_id=tenant.id,
                partition_key=at,
                available_at=now - timedelta(seconds=3 * at),
            )
            for at in range(waiting)
        ]
    )


def _stray(now: datetime) -> None:
    account = PlatformAccount.objects.order_by("name")[0]
    for at, (event, reference) in enumerate((("bounced", "pm-7731"), ("delivered", "pm-7802"))):
        given: dict[str, Any] = {"raw": {"RecordType": event.title(), "MessageID": reference}}
        moment = now - timedelta(minutes=35 * at + 8)
        StrayReceipt.objects.create(
            account_id=account.id,
            event_id=f"stray-{at}",
            reference=reference,
            event=event,
            occurred_at=moment,
            received_at=moment,
            look_at=moment + timedelta(hours=1),
            **given,
        )
