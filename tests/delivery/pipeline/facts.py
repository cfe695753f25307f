"""Facts and items by value, for tests without a database."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from delivery.pipeline.items import Facts, Item
from signalbus.bus.envelope import VERSION, Envelope
from signalbus.bus.received import Received
from tenants.identity import TenantIdentity

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ACME = TenantIdentity(
    id=1,
    schema="t_acme",
    name="acme",
    state="active",
    suspension_reason="",
    default_locale="en",
    time_zone="UTC",
    idempotency_hours=24,
)


def make_facts(**fields: Any) -> Facts:
    """A queued e-mail of which nothing is known but what is given."""
    known: dict[str, Any] = {
        "delivery": uuid4(),
        "notification": uuid4(),
        "mode": "live",
        "channel": "email",
        "lane": "normal",
        "status": "queued",
        "address": "ana@example.org",
        "version": None,
        "locale": "en",
        "deadline": None,
        "expires_at": None,
        "attempts": 0,
        "redrives": 0,
        "possibly_repeated": False,
        "account": None,
        "wanted_account": None,
        "error_class": "",
        "fell_over": False,
        "overtaken": False,
        "topic": "",
        "data": {},
        "content": {},
        "correlation_id": "",
        "due_at": NOW,
        "recipient": None,
        "recipient_ref": "",
        "recipient_locale": None,
        "time_zone": None,
        "attributes": None,
        "suppressed": "",
        "suppressed_at": None,
        "generation": 1,
        "purpose": "send",
        "claim": None,
        "claim_account": None,
        "claim_sender": None,
        "claimed_at": None,
        "available_at": NOW,
        "reserved_account": None,
        "reserved_at": None,
        "tries": 0,
        "crashes": 0,
        "reason": "",
        "now": NOW,
    }
    return Facts(**{**known, **fields})


def make_item(generation: int = 1, tenant: TenantIdentity = ACME, **fields: Any) -> Item:
    """An item whose message carries that generation."""
    facts = make_facts(**fields)
    return Item(received=received(facts.delivery, generation), tenant=tenant, facts=facts)


def received(entry: UUID, generation: int = 1) -> Received:
    """A message about that entry."""
    envelope = Envelope(v=VERSION, tenant=1, entry=entry, generation=generation, purpose="send")
    return Received(envelope, 0, 0)
