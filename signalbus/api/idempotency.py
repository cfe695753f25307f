"""Requests that may be repeated: the answer to a key is kept in the transaction of its work.

Everything here runs inside the caller's transaction, in the tenant's schema, on lists of keys.
While a key's request runs it holds an advisory lock, which PostgreSQL gives back at its end,
however it ends; so a crash between work and answer leaves either nothing or the right answer.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection

from signalbus.core.crypto import KeyRing

LONGEST_KEY = 255

TRY_LOCKS = """
SELECT key FROM (
    SELECT key, pg_try_advisory_xact_lock(lock) AS held
    FROM json_to_recordset(%s::json) AS wanted(key text, lock bigint)
) AS tried WHERE NOT held
"""
FIND = """
SELECT key, fingerprint, status_code, answer, is_secret FROM api_idempotencyrecord
WHERE mode = %s AND expires_at > now()
    AND key = ANY(ARRAY(SELECT json_array_elements_text(%s::json)))
"""
# A row that is still there for the key has expired: FIND would have shown it otherwise.
STORE = """
INSERT INTO api_idempotencyrecord
    (mode, key, fingerprint, status_code, answer, is_secret, created_at, expires_at)
SELECT %s, key, decode(fingerprint, 'hex'), status_code, answer, is_secret,
    now(), now() + make_interval(hours => %s)
FROM json_to_recordset(%s::json) AS stored(key text, fingerprint text, status_code smallint,
    answer text, is_secret boolean)
ON CONFLICT (mode, key) DO UPDATE SET
    fingerprint = excluded.fingerprint, status_code = excluded.status_code,
    answer = excluded.answer, is_secret = excluded.is_secret,
    created_at = excluded.created_at, expires_at = excluded.expires_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An answer as it was given: status and body, and the fingerprint of what asked for it."""

    key: str
    fingerprint: bytes
    status_code: int
    answer: bytes
    is_secret: bool = False


def fingerprint(method: str, path: str, body: bytes, asker: str = "") -> bytes:
    """SHA-256 that tells a repeated request from another one under the same key.

    `asker` is whose the answer is alone, where it is somebody's.
    """
    asked = f"{method}\n{path}\n{asker}\n" if asker else f"{method}\n{path}\n"
    return hashlib.sha256(asked.encode() + body).digest()


def lock(tenant_id: int, mode: str, keys: Sequence[str]) -> set[str]:
    """Lock the keys until the transaction ends; returns those that another request holds.

    They are tried in the order of their lock numbers and never waited for.
    """
    numbered = sorted((_lock_number(tenant_id, mode, key), key) for key in set(keys))
    if not numbered:
        return set()
    wanted = _json([{"key": key, "lock": number} for number, key in numbered])
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCKS, [wanted])
        return {name for (name,) in cursor.fetchall()}


def find(mode: str, keys: Sequence[str]) -> dict[str, Stored]:
    """The answers that are kept for these keys. To be called once the keys are locked."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIND, [mode, _json(keys)])
        return {row[0]: _opened(*row) for row in cursor.fetchall()}


def store(mode: str, answers: Sequence[Stored], hours: int) -> None:
    """Keep the answers for that many hours. To be called while the keys are locked."""
    if not answers:
        return
    rows = [
        {
            "key": stored.key,
            "fingerprint": stored.fingerprint.hex(),
            "status_code": stored.status_code,
            "answer": _sealed(stored),
            "is_secret": stored.is_secret,
        }
        for stored in answers
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [mode, hours, _json(rows)])


def _json(rows: Sequence[Any]) -> str:
    """One text for any number of rows: psycopg's arrays cost Python several times as much."""
    return msgspec.json.encode(rows).decode()


def _lock_number(tenant_id: int, mode: str, key: str) -> int:
    name = f"idempotency/{tenant_id}/{mode}/{key}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)


def _sealed(stored: Stored) -> str:
    return (
        _ring().encrypt(stored.answer, answer_context())
        if stored.is_secret
        else stored.answer.decode()
    )


def _opened(key: str, mark: bytes, status_code: int, answer: str, is_secret: bool) -> Stored:
    body = _ring().decrypt(answer, answer_context()) if is_secret else answer.encode()
    return Stored(
        key=key,
        fingerprint=bytes(mark),
        status_code=status_code,
        answer=body,
        is_secret=is_secret,
    )


def _ring() -> KeyRing:
    return KeyRing.parse(settings.ENCRYPTION_KEYS)


def answer_context() -> str:
    """Binds a sealed answer to the tenant whose schema is the current one."""
    return f"{connection.schema_name}/idempotency"  # type: ignore[attr-defined]
