"""The recorded reports, about messages of the tests' own."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

FOLDER = Path(__file__).parents[3] / "payloads" / "dsn"
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ATTEMPT = UUID("01936d1c-9d37-7a53-8a4e-9f0c5b5b7f10")
DELIVERY = UUID("01936d1c-9d36-7a53-8a4e-9f0c5b5b7f11")
TENANT = 7


def message_id(delivery: UUID = DELIVERY) -> str:
    """What the SMTP driver makes of a delivery."""
    return f"<{delivery}-0@acme.example>"


def eml(
    name: str, *, attempt: UUID = ATTEMPT, tenant: int = TENANT, delivery: UUID = DELIVERY
) -> bytes:
    """A report, as it comes over the wire."""
    text = (FOLDER / f"{name}.eml").read_text()
    text = text.replace("{tag}", f"{attempt.hex}-{tenant}")
    return text.replace("{message_id}", message_id(delivery)).replace("\n", "\r\n").encode()
