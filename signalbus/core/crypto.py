"""Encryption of secrets at rest: AES-256-GCM under a key ring, bound to the place that holds them.

A token reads `key id:base64(nonce + ciphertext)`. The first key of the ring encrypts, all of them
decrypt, so a key is rotated by putting a new one in front. The `context` (tenant's schema and
column) is authenticated with the text: a token copied to another tenant does not open there.
"""

import base64
import os
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signalbus.core.errors import SignalbusError

NONCE_BYTES = 12  # what NIST SP 800-38D recommends for GCM
KEY_BYTES = 32
LONGEST_ID = 15  # characters: what the narrowest column, that of second factors, has room for


class SecretError(SignalbusError):
    """A key ring that cannot be read, or a token that no key of the ring opens."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id; the first one is used for writing."""

    keys: dict[str, bytes]

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "KeyRing":
        """A ring from `id:base64` entries. Raises SecretError naming the entry that is wrong."""
        ring = cls(dict(_parse_key(entry) for entry in entries))
        if not ring.keys:
            raise SecretError("The key ring is empty: put at least one id:base64 key into it.")
        return ring

    @property
    def newest(self) -> str:
        """The id of the key that is used for writing."""
        return next(iter(self.keys))

    def encrypt(self, secret: bytes, context: str) -> str:
        """A token for the secret, which only opens with the same context."""
        key_id, key = next(iter(self.keys.items()))
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, secret, context.encode())
        return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"

    def is_newest(self, token: str) -> bool:
        """Whether the token was written with the key that is used for writing now."""
        return token.partition(":")[0] == self.newest

    def decrypt(self, token: str, context: str) -> bytes:
        """The secret in a token. Raises SecretError where key or context do not fit."""
        key_id, _, body = token.partition(":")
        if key_id not in self.keys:
            raise SecretError(f"Key {key_id!r} is not in SIGNALBUS_ENCRYPTION_KEYS: add it again.")
        raw = base64.b64decode(body)
        try:
            return AESGCM(self.keys[key_id]).decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()
            )
        except InvalidTag as error:
            raise SecretError(f"The secret does not open with key {key_id!r}.") from error


def _parse_key(entry: str) -> tuple[str, bytes]:
    key_id, _, encoded = entry.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise SecretError(f"Key {key_id!r} of the ring is not base64.") from error
    if len(key) != KEY_BYTES:
        raise SecretError(f"Key {key_id!r} of the ring has {len(key)} bytes, not {KEY_BYTES}.")
    return key_id, key
