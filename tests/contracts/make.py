"""Messages and accounts of drivers, without a database."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from delivery.providers.account import Account
from delivery.providers.base import Message
from signalbus.core.ids import new_id


def make_message(**fields: Any) -> Message:
    """A first attempt at an e-mail to Ana; her number where the channel is sms."""
    attempt = new_id()
    to = "+33612345678" if fields.get("channel") == "sms" else "ana@example.org"
    given = {
        "attempt": attempt,
        "delivery": attempt,
        "notification": attempt,
        "tenant_id": 1,
        "schema": "t_acme",
        "mode": "live",
        "channel": "email",
        "to": to,
        "subject": "Your order",
        "text": "Hello Ana",
        "html": "<p>Hello Ana</p>",
        "key": str(attempt),
    }
    return Message(**{**given, **fields})


def make_account(kind: str, channel: str = "email", **fields: Any) -> Account:
    """An account that no table knows."""
    given = {
        "id": uuid4(),
        "name": kind,
        "kind": kind,
        "channel": channel,
        "updated_at": datetime.now(UTC),
    }
    return Account(**{**given, **fields})
