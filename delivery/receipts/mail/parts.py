"""Parts of a report as the standard library read them, as plain fields and text. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_string
from email.message import Message
from email.utils import parsedate_to_datetime

Fields = dict[str, str]
"""Names in lower case; of several with the same name the first one."""

HEADERS_ONLY = frozenset({"text/rfc822-headers", "message/global-headers"})
WHOLE = frozenset({"message/rfc822", "message/global"})
FIRST_YEAR, LAST_YEAR = 1970, 9998  # of dates that make sense, and that are dates in every zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What is known of a report beside its parts.

    `key` is the same however often it comes; `to` is everything that names whom it was sent to.
    """

    key: str
    to: str
    date: datetime


def leaves(mail: Message) -> Iterator[Message]:
    """The parts, without those of messages that are inside."""
    if mail.get_content_maintype() != "multipart":
        yield mail
        return
    for part in mail.get_payload():
        if isinstance(part, Message):
            yield from leaves(part)


def fields_of(part: Message) -> Fields:
    """The headers, unfolded, and without the one character that PostgreSQL does not take."""
    found: Fields = {}
    for name, value in part.items():
        found.setdefault(name.lower(), " ".join(str(value).replace("\0", "").split()))
    return found


def blocks_of(part: Message) -> list[Fields]:
    """The groups of fields of a `message/…` part whose lines are like headers."""
    blocks: list[Fields] = []
    for inner in _inner(part):
        blocks.append(fields_of(inner))
        blocks += _rest(inner)
    return [block for block in blocks if block]


def returned(mail: Message) -> Fields:
    """The headers of the message that a report is about, as far as they came back."""
    for part in leaves(mail):
        kind = part.get_content_type()
        if kind in WHOLE:
            return next((fields_of(inner) for inner in _inner(part)), {})
        if kind in HEADERS_ONLY:
            return fields_of(message_from_string(text_of(part)))
    return {}


def text_of(part: Message) -> str:
    """The part's text, decoded."""
    if part.is_multipart():  # message/… parts are read as messages: their headers are the text
        return "\n".join(inner.as_string() for inner in _inner(part))
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)


def moment(text: str) -> datetime | None:
    """A date as headers write it, in UTC: PostgreSQL does not take every zone that they may name.

    None where it is none, or out of the years that make sense.
    """
    try:
        found = parsedate_to_datetime(text)
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        return [each for each in payload if isinstance(each, Message)]
    return [message_from_string(text_of(part))]


def _rest(block: Message) -> list[Fields]:
    """What the library took for the body: the groups after the first one."""
    body = block.get_payload()
    if not isinstance(body, str) or not body.strip():
        return []
    groups = body.replace("\r\n", "\n").split("\n\n")
    return [fields_of(message_from_string(group.lstrip("\n"))) for group in groups]
