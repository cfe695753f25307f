"""Records of domains that nobody has."""

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from delivery.sender_domains.values import Sending, Texts, UnansweredError

BROKEN = "broken"  # a name that DNS gives no answer for


def key(bits: int = 2048) -> str:
    """The key of a DKIM record."""
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return base64.b64encode(
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


KEY = key()
GOOD_KEY = f"v=DKIM1; k=rsa; p={KEY}"


def zone(records: Mapping[str, list[str]]) -> Texts:
    """Answers by the records."""

    def texts(name: str) -> list[str]:
        if name == BROKEN or BROKEN in records.get(name, []):
            raise UnansweredError("LifetimeTimeout.")
        return list(records.get(name, []))

    return texts


def sending(**fields: Any) -> Sending:
    """As the account of a mail server sends."""
    known = {
        "domain": "acme.example",
        "service": "the mail server",
        "bounce_domain": "acme.example",
        "host": "smtp.acme.example",
    }
    return Sending(**{**known, **fields})


def by_service(**fields: Any) -> Sending:
    """As a service sends that takes bounces itself."""
    return sending(**{"service": "Mailjet", "bounce_domain": "", "host": "", **fields})
