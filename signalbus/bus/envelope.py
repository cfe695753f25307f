"""What a Kafka message says: "look at entry X of tenant T", and nothing that is private. Pure."""

from typing import Any
from uuid import UUID

import msgspec

from signalbus.core.errors import SignalbusError

VERSION = 1


class EnvelopeError(SignalbusError):
    """A message that is no envelope, or one of a later schema version than this code knows."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hint to look at one outbox entry.

    `v` is the schema version, `generation` the publication that this message belongs to, `purpose`
    a `bus.models.Purpose`, `trace` the W3C traceparent of whoever asked. Only entries of purpose
    `message` have a `body`. Fields that are not known are passed over, so that a later release may
    add some without a new version.
    """

    v: int
    tenant: int
    entry: UUID
    generation: int
    purpose: str
    trace: str = ""
    body: dict[str, Any] | None = None


class _Version(msgspec.Struct):
    v: int


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Envelope)
_version_decoder = msgspec.json.Decoder(_Version)


def encode(envelope: Envelope) -> bytes:
    """The message's bytes: a JSON object."""
    return _encoder.encode(envelope)


def decode(message: bytes | None) -> Envelope:
    """The envelope in a message. Raises EnvelopeError, whose text is fit for the dead stream."""
    try:
        envelope = _decoder.decode(message or b"")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EnvelopeError(_newer(message) or f"not an envelope: {error}") from error
    if envelope.v != VERSION:
        raise EnvelopeError(_newer(message) or f"schema version {envelope.v} never existed")
    return envelope


def _newer(message: bytes | None) -> str:
    try:
        version = _version_decoder.decode(message or b"").v
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    if version <= VERSION:
        return ""
    return f"schema version {version} is newer than {VERSION}: upgrade this process"
