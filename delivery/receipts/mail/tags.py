"""What an e-mail carries so that its bounce finds the attempt: a tag in the address that bounces go
to (VERP), and the same in a header, for servers that return headers to another address. Pure.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from delivery.providers.messages import Message

HEADER = "X-Signalbus-Attempt"
RETURN_PATH = "return_path"  # the option with the address that bounces go to
SEPARATOR = "+"
MOST_DIGITS = 10  # of a tenant's id, so far as the tag has to have room for it
LONGEST_LOCAL = 64 - len(SEPARATOR) - 32 - 1 - MOST_DIGITS  # RFC 5321, section 4.5.3.1.1
TAG = r"(?P<attempt>[0-9a-f]{32})-(?P<tenant>[0-9]{1,10})"
IN_ADDRESS = re.compile(rf"\{SEPARATOR}{TAG}@", re.IGNORECASE)
ALONE = re.compile(TAG, re.IGNORECASE)
# Message-IDs are made of the delivery and the number of its redrives.
IN_MESSAGE_ID = re.compile(
    r"<(?P<delivery>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-[0-9]+@", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """Whose an attempt is."""

    attempt: UUID
    tenant_id: int


def tag(message: Message) -> str:
    """What tells of the attempt."""
    return f"{message.attempt.hex}-{message.tenant_id}"


def return_path(address: str, message: Message) -> str:
    """The address that bounces of this message go to: `bounces+…@acme.example`."""
    local, _, domain = address.rpartition("@")
    return f"{local}{SEPARATOR}{tag(message)}@{domain}"


def in_address(text: str) -> Tagged | None:
    """The tag of the first tagged address in the text."""
    return _tagged(IN_ADDRESS.search(text))


def alone(text: str) -> Tagged | None:
    """The tag that the text is."""
    return _tagged(ALONE.fullmatch(text.strip()))


def delivery_of(message_id: str) -> UUID | None:
    """The delivery that a Message-ID was made of, if it is one of ours."""
    found = IN_MESSAGE_ID.search(message_id)
    return UUID(found["delivery"]) if found else None


def _tagged(found: re.Match[str] | None) -> Tagged | None:
    return found and Tagged(attempt=UUID(found["attempt"]), tenant_id=int(found["tenant"]))
