"""Inbound messages that anymail has read, as values."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from anymail.signals import AnymailInboundEvent

from delivery.providers.account import Account
from delivery.receipts.events import Inbound
from signalbus.bus.streams import Channel


def inbound_mail(account: Account, tenant_id: int | None, event: AnymailInboundEvent) -> Inbound:
    """The message with its envelope, as far as the service tells it, else with its headers'."""
    message = event.message
    mime = message.as_bytes()
    return Inbound(
        account=account.id,
        kind=account.kind,
        tenant_id=tenant_id,
        channel=Channel.EMAIL,
        event_id=str(event.event_id or sha256(mime).hexdigest()),
        from_=message.envelope_sender or _first([message.from_email]),
        to=message.envelope_recipient or _first(message.to),
        received_at=event.timestamp or datetime.now(UTC),
        text=message.text or "",
        subject=message.subject or "",
        mime=mime,
    )


def _first(addresses: list[Any]) -> str:
    return next((str(each.addr_spec) for each in addresses if each), "")
