"""Anymail's tracking events as receipts."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from django.http import QueryDict

from delivery.errors import ErrorClass
from delivery.receipts import handback
from delivery.receipts.events import EventKind, ReceiptEvent
from delivery.receipts.readers import bounces
from delivery.receipts.readers.bounces import Meaning

LONGEST_RAW = 65_536  # characters of an event that are kept as they came

MEANINGS: dict[str, Meaning] = {
    EventType.DELIVERED: Meaning(kind=EventKind.DELIVERED),
    EventType.DEFERRED: Meaning(kind=EventKind.DEFERRED, error_class=ErrorClass.UNREACHABLE),
    EventType.COMPLAINED: Meaning(kind=EventKind.COMPLAINED),
    EventType.UNSUBSCRIBED: Meaning(kind=EventKind.OPTED_OUT),
}
# (service, its own word); sources: Amazon SES "Event record: DeliveryDelay", Resend "Event types".
UNKNOWN_TO_ANYMAIL: dict[tuple[str, str], Meaning] = {
    ("amazon_ses", "DeliveryDelay"): MEANINGS[EventType.DEFERRED],
    ("resend", "email.failed"): bounces.REFUSED,
    ("resend", "email.suppressed"): bounces.OPTED_OUT,
}


def receipt(esp: str, event: AnymailTrackingEvent) -> ReceiptEvent | None:
    """The receipt that an event stands for; None where nothing follows from it."""
    meaning = _meaning(esp, event)
    if meaning is None:
        return None
    ids = handback.of_metadata(event.metadata)
    moment = event.timestamp or datetime.now(UTC)
    return ReceiptEvent(
        event_id=_event_id(event),
        kind=meaning.kind,
        occurred_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        delivery=ids.delivery,
        attempt=ids.attempt,
        tenant_id=ids.tenant_id,
        reference=str(event.message_id or ""),
        error_class=meaning.error_class or "",
        code=meaning.code,
        detail=_words(event) if meaning.kind is not EventKind.DELIVERED else "",
        raw=_raw(event.esp_event),
    )


def _meaning(esp: str, event: AnymailTrackingEvent) -> Meaning | None:
    if event.event_type == EventType.BOUNCED:
        return bounces.bounced(esp, event)
    if event.event_type == EventType.REJECTED:
        return bounces.rejected(esp, event)
    if event.event_type == EventType.FAILED:
        return bounces.failed(event)
    if event.event_type == EventType.UNKNOWN and isinstance(event.esp_event, Mapping):
        return UNKNOWN_TO_ANYMAIL.get((esp, _first_word(event.esp_event)))
    return MEANINGS.get(event.event_type)


def _first_word(raw: Mapping[str, Any]) -> str:
    return str(raw.get("eventType") or raw.get("type") or "")


def _event_id(event: AnymailTrackingEvent) -> str:
    """The service's own; else a digest of what stays the same when it repeats the event."""
    if event.event_id:
        return f"{event.event_id}:{event.event_type}"
    moment = event.timestamp.isoformat() if event.timestamp else _text_of(event.esp_event)
    parts = (event.event_type, event.message_id, event.recipient, moment, event.mta_response)
    return sha256("\0".join(str(part or "") for part in parts).encode()).hexdigest()


def _words(event: AnymailTrackingEvent) -> str:
    words = (event.description, event.mta_response)
    return "; ".join(dict.fromkeys(str(each) for each in words if each))


def _raw(given: Any) -> Mapping[str, Any]:
    raw = given.dict() if isinstance(given, QueryDict) else given
    if not isinstance(raw, Mapping):
        return {}
    if len(_text_of(raw)) > LONGEST_RAW:
        return {"too_long": _text_of(raw)[:LONGEST_RAW]}
    return raw


def _text_of(raw: Any) -> str:
    return json.dumps(raw, sort_keys=True, default=str)
