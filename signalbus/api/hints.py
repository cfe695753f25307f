"""What a caller probably meant: the words of other systems, and words that are nearly right."""

from collections.abc import Iterable
from difflib import get_close_matches

# Names that other notification systems give to what has another name here; of several, the first
# that the object has. docs/migrating.md shows their requests beside ours.
FIELDS: dict[str, tuple[str, ...]] = {
    "scheduled_at": ("send_at",),
    "payload": ("data",),
    "personalisation": ("data",),
    "template_variables": ("data",),
    "recipient_id": ("recipient",),
    "user_ref": ("recipient",),
    "user_id": ("recipient",),
    "subscriberId": ("id",),
    "to": ("recipient",),
    "email": ("recipient", "recipients"),
    "phone": ("recipient", "recipients"),
    "email_address": ("to", "email"),
    "phone_number": ("to", "phone"),
    "template_id": ("template",),
    "event_type": ("topic",),
    "workflowId": ("topic",),
    "name": ("topic",),
    "type": ("channel",),
    "content": ("text",),
    "description": ("text",),
    "reference": ("correlation_id",),
    "notifications": ("items",),
    "rate": ("rate_per_second", "per_second"),
}
VALUES: dict[str, tuple[str, ...]] = {"low": ("bulk",)}
HEADERS: dict[str, str] = {
    "transactionId": "Idempotency-Key",
    "idempotency_key": "Idempotency-Key",
    "api_key": "Authorization",
}


def field_hint(name: str, known: Iterable[str]) -> str:
    """A sentence to append to "Unknown field.", or nothing."""
    if name in HEADERS:
        return f" It is sent as the header {HEADERS[name]}."
    return _hint(name, FIELDS, list(known))


def near_names(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The names that are nearly that one, the nearest first."""
    return get_close_matches(word, list(known), n=most)


def value_hint(value: str, allowed: Iterable[str]) -> str:
    """A sentence to append to a refused value, or nothing."""
    return _hint(value, VALUES, list(allowed))


def _hint(word: str, others: dict[str, tuple[str, ...]], known: list[str]) -> str:
    ours = [name for name in others.get(word, ()) if name in known]
    if ours:
        return f" Here it is called `{ours[0]}`."
    near = get_close_matches(word, known, n=1)
    return f" Did you mean `{near[0]}`?" if near else ""
