"""The acts of the line: what happens to outbox entries, and on which condition.

To be called inside a transaction, together with the change of state that the act belongs to. All
take lists, and the number of statements does not depend on their length. What an act returns are
the entries that fulfilled its condition: the others belong to somebody else by now.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from signalbus.bus import outbox_sql as sql
from signalbus.bus.entries import PLATFORM, Claimed, Held, NewEntry, Postponed, Wanted
from signalbus.bus.lines import (
    EVERY_STREAM,
    Pausing,
    pause,
    pause_all,
    pauses,
    resume,
    resume_all,
)
from signalbus.core.metrics import NOTIFICATIONS_ENQUEUED, stream_labels
from signalbus.core.redis import hint

__all__ = [
    "EVERY_STREAM",
    "PLATFORM",
    "Claimed",
    "Held",
    "NewEntry",
    "Pausing",
    "Postponed",
    "Wanted",
    "claim",
    "crash",
    "lock",
    "lock_of",
    "partition_key",
    "pause",
    "pause_all",
    "pauses",
    "peek",
    "postpone",
    "postponed_values",
    "prolong",
    "publish",
    "remove",
    "resume",
    "resume_all",
    "settle_present",
    "settle_unclaimed",
]


def partition_key(tenant_id: int, recipient: UUID) -> int:
    """What Kafka orders by: a stable hash of tenant and recipient, as a signed 64-bit number."""
    digest = hashlib.blake2b(
        tenant_id.to_bytes(8, "big", signed=True) + recipient.bytes, digest_size=8
    )
    return int.from_bytes(digest.digest(), "big", signed=True)


def publish(entries: Sequence[NewEntry]) -> set[UUID]:
    """Put entries into the line; those whose id is there already are left as they are.

    Relays get a hint after the commit, unless everything is for later.
    """
    if not entries:
        return set()
    added = _ids(sql.PUBLISH, {"entries": msgspec.json.encode(entries).decode()})
    transaction.on_commit(partial(_announce, [entry for entry in entries if entry.id in added]))
    return added


def lock(ids: Iterable[UUID]) -> dict[UUID, Held]:
    """The entries, locked in the order of their ids until the transaction ends."""
    return _held(sql.LOCK, ids)


def lock_of(deliveries: Iterable[UUID]) -> dict[UUID, Held]:
    """As `lock`: the deliveries' entries, and those that wait for receipts of them."""
    return _held(sql.LOCK_OF, deliveries)


def peek(ids: Iterable[UUID]) -> dict[UUID, Held]:
    """The entries as they are at this moment, without a lock: for showing, not for deciding."""
    return _held(sql.PEEK, ids)


def remove(ids: Iterable[UUID]) -> set[UUID]:
    """Take entries out of the line, claimed or not; the caller has looked (`lock`)."""
    return _ids(sql.REMOVE, {"ids": list(ids)})


def claim(wanted: Sequence[Wanted]) -> set[UUID]:
    """Claim entries for attempts: published ones, of exactly that generation, unclaimed."""
    return _ids(
        sql.CLAIM,
        {
            "entries": [w.entry for w in wanted],
            "generations": [w.generation for w in wanted],
            "attempts": [w.attempt for w in wanted],
            "accounts": [w.account for w in wanted],
            "senders": [w.sender for w in wanted],
            "seconds": [float(w.visible_for) for w in wanted],
        },
    )


def prolong(claims: Sequence[Claimed], seconds: float) -> set[UUID]:
    """Let claims hold for so many seconds from now, unless they were published again meanwhile."""
    return _ids(sql.PROLONG, _claimed_values(claims, seconds))


def crash(claims: Sequence[Claimed], seconds: float) -> set[UUID]:
    """Count one more crash of claimed entries, whose claims then expire in so many seconds."""
    return _ids(sql.CRASH, _claimed_values(claims, seconds))


def postpone(later: Sequence[Postponed]) -> set[UUID]:
    """Give entries their next time and end their publication and claim. Two statements at most."""
    claimed = [item for item in later if item.claim is not None]
    unclaimed = [item for item in later if item.claim is None]
    return _ids(sql.POSTPONE_CLAIMED, postponed_values(claimed)) | _ids(
        sql.POSTPONE_UNCLAIMED, postponed_values(unclaimed)
    )


def settle_unclaimed(entries: Sequence[tuple[UUID, int]]) -> set[UUID]:
    """Take entries out of the line that are published in that generation and unclaimed."""
    return _ids(sql.SETTLE_UNCLAIMED, _generation_values(entries))


def settle_present(entries: Sequence[tuple[UUID, int]]) -> set[UUID]:
    """Take entries out of the line that are published in that generation, and those among them
    that were claimed and have expired: nobody is left whom what came of the call concerns."""
    return _ids(sql.SETTLE_PRESENT, _generation_values(entries))


def postponed_values(later: Sequence[Postponed]) -> dict[str, list[Any]]:
    """The parameters of POSTPONE_CLAIMED and POSTPONE_UNCLAIMED."""
    return {
        "entries": [item.entry for item in later],
        "claims": [item.claim for item in later],
        "generations": [item.generation for item in later],
        "delays": [float(item.delay) for item in later],
        "times": [item.available_at for item in later],
        "reasons": [item.reason for item in later],
        "tries": [item.tries for item in later],
        "purposes": [item.purpose for item in later],
        "crashes": [int(item.crashed) for item in later],
        "reservations": [item.reserved_account for item in later],
    }


def _generation_values(entries: Sequence[tuple[UUID, int]]) -> dict[str, list[Any]]:
    ids, generations = [list(column) for column in zip(*entries, strict=True)] or ([], [])
    return {"entries": ids, "generations": generations}


def _claimed_values(claims: Sequence[Claimed], seconds: float) -> dict[str, Any]:
    return {
        "entries": [claim.entry for claim in claims],
        "claims": [claim.attempt for claim in claims],
        "generations": [claim.generation for claim in claims],
        "seconds": seconds,
    }


def _announce(entries: Sequence[NewEntry]) -> None:
    sends = Counter(entry.stream for entry in entries if entry.purpose == "send")
    for stream, count in sends.items():
        NOTIFICATIONS_ENQUEUED.labels(*stream_labels(stream)).inc(count)
    for stream in {entry.stream for entry in entries if entry.available_at is None}:
        hint(stream)


def _ids(statement: str, values: Mapping[str, Any]) -> set[UUID]:
    if not (values.get("entries") or values.get("ids")):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0] for row in cursor.fetchall()}


def _held(statement: str, ids: Iterable[UUID]) -> dict[UUID, Held]:
    wanted = list(ids)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": wanted})
        return {row[0]: Held(*row) for row in cursor.fetchall()}
