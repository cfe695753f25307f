"""The tenants, keys, accounts and bodies that the measures use."""

import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Customer:
    """A tenant and the secret of a live key."""

    id: int
    schema: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What a provider account is made of."""

    kind: str
    name: str = ""
    weight: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    credentials: dict[str, Any] = field(default_factory=dict)


SIMULATED = NewAccount(kind="simulator")


def smtp_account(ports: dict[str, int]) -> NewAccount:
    """An account at the stubs' mail server."""
    options = {"host": "127.0.0.1", "port": ports["smtp"], "tls": "none", "from": "a@b.example"}
    return NewAccount(kind="smtp", options=options)


def twilio_account(ports: dict[str, int]) -> NewAccount:
    """An account at the stubs' SMS service."""
    return NewAccount(
        kind="twilio",
        options={"base_url": f"http://127.0.0.1:{ports['http']}", "from": "+15005550006"},
        credentials={"account_sid": "AC" + "0" * 32, "auth_token": "0" * 32},
    )


def make_customers(name: str, count: int) -> list[Customer]:
    """Many tenants, as `make_customer` makes one, by as many processes as there are cores.

    Half a second each, most of it Django's migrations, which only one core at a time would do.
    """
    names = [f"{name}-{number}" for number in range(count)]
    context = multiprocessing.get_context("spawn")  # a fork would share connections
    with ProcessPoolExecutor(os.cpu_count(), context, initializer=begin) as pool:
        return list(pool.map(make_customer, names))


def begin() -> None:
    """Load Signalbus into this process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "signalbus.settings"
    import django

    from signalbus.core import memory

    django.setup()
    memory.settle()


def make_customer(name: str) -> Customer:
    """A tenant whose messages go to the simulator until a measure says otherwise."""
    from tenants import keys, provisioning

    tenant = provisioning.create_tenant(name, f"{name}.localhost")
    secret = keys.create_key(tenant.id, name="benchmark", mode="live").secret
    set_account(tenant.schema, "email", SIMULATED)
    set_account(tenant.schema, "sms", SIMULATED)
    return Customer(tenant.id, tenant.schema, secret)


def set_account(schema: str, channel: str, new: NewAccount) -> None:
    """Make this the only account of the channel."""
    set_accounts(schema, channel, [new])


def set_accounts(schema: str, channel: str, some: list[NewAccount]) -> None:
    """Make these the accounts of the channel, all in the same place of its order."""
    from delivery.models import ProviderAccount
    from tenants.context import in_schema

    with in_schema(schema):
        ProviderAccount.objects.filter(channel=channel).delete()
        for new in some:
            account = ProviderAccount(
                name=new.name or f"{new.kind} {channel}",
                kind=new.kind,
                channel=channel,
                weight=new.weight,
                options=new.options,
            )
            account.credentials = new.credentials
            account.save()


def notify_body(number: int, channel: str = "email") -> dict[str, Any]:
    """What an application says when an order was shipped: one message, rendered by a template."""
    person = {"id": f"user-{number}", "attributes": {"name": f"Person {number}"}}
    if channel == "email":
        person["email"] = f"person{number}@example.org"
    else:
        person["phone"] = f"+336{10_000_000 + number % 80_000_000}"
    return {
        "topic": "order.shipped",
        "recipient": person,
        "data": {"order": f"A-{number}", "url": f"https://shop.example.org/orders/{number}"},
        "channels": [channel],
    }


def batch_body(first: int, size: int, channel: str = "email") -> bytes:
    """A batch of so many notifications, as it goes over the wire."""
    items = [notify_body(number, channel) for number in range(first, first + size)]
    return json.dumps({"items": items}).encode()
