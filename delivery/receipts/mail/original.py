"""Which of our messages a report is about. Pure."""

from dataclasses import dataclass
from uuid import UUID

from delivery.receipts.mail import tags
from delivery.receipts.mail.parts import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """Our ids, as far as the report gives them away, and the Message-ID."""

    attempt: UUID | None = None
    delivery: UUID | None = None
    tenant_id: int | None = None
    reference: str = ""


def original(addresses: str, headers: Fields) -> Original | None:
    """The message; None where nothing tells. `headers` are what came back of it.

    `addresses` are those that the report, or the message itself, was sent to or came from.
    """
    tagged = tags.alone(headers.get(tags.HEADER.lower(), "")) or tags.in_address(
        f"{headers.get('return-path', '')} {addresses}"
    )
    reference = headers.get("message-id", "")
    if tagged:
        return Original(attempt=tagged.attempt, tenant_id=tagged.tenant_id, reference=reference)
    delivery = tags.delivery_of(reference)
    return Original(delivery=delivery, reference=reference) if delivery else None
