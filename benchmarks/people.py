"""The tenants, keys, accounts and bodies that the measures use."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Customer:
    """A tenant and the secret of a live key."""

    id: int
    schema: str
    key: str


def make_customer(name: str) -> Customer:
    """A tenant whose e-mail goes to the simulator until a measure says otherwise."""
    from tenants import keys, provisioning

    tenant = provisioning.create_tenant(name, f"{name}.localhost")
    secret = keys.create_key(tenant.id, name="benchmark", mode="live").secret
    set_account(tenant.schema, "email", "simulator", {})
    set_account(tenant.schema, "sms", "simulator", {})
    return Customer(tenant.id, tenant.schema, secret)


def set_account(
    schema: str,
    channel: str,
    kind: str,
    options: dict[str, Any],
    credentials: dict[str, Any] | None = None,
) -> None:
    """Make this the only account of the channel."""
    from delivery.models import ProviderAccount
    from tenants.context import in_schema

    with in_schema(schema):
        ProviderAccount.objects.filter(channel=channel).delete()
        account = ProviderAccount(
            name=f"{kind} {channel}", kind=kind, channel=channel, options=options
        )
        account.credentials = credentials or {}
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
