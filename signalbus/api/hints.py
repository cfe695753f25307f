"""What a caller probably meant: the words of other systems, and words that are nearly right."""

from collections.abc import Iterable
from difflib import get_close_matches

# Names that other notification systems give to what has another name here.
FIELDS: dict[str, str] = {
    "scheduled_at": "send_at",
    "payload": "data",
    "recipient_id": "recipient",
    "user_ref": "recipient",
    "template_id": "template",
    "event_type": "topic",
}
VALUES: dict[str, str] = {"low": "bulk"}


def field_hint(name: str, known: Iterable[str]) -> str:
    """A sentence to append to "Unknown field.", or nothing."""
    return _hint(name, FIELDS, list(known))


def value_hint(value: str, allowed: Iterable[str]) -> str:
    """A sentence to append to a refused value, or nothing."""
    return _hint(value, VALUES, list(allowed))


def _hint(word: str, others: dict[str, str], known: list[str]) -> str:
    if others.get(word) in known:
        return f" Here it is called `{others[word]}`."
    near = get_close_matches(word, known, n=1)
    return f" Did you mean `{near[0]}`?" if near else ""
