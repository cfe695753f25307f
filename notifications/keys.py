"""The idempotency keys of the requests of one transaction: which of them were answered before."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from notifications.values import Accepted, Asked, Refused, Result
from signalbus.api import idempotency
from signalbus.api.idempotency import Stored
from signalbus.api.idempotent import MISMATCH, RUNNING
from tenants.identity import TenantIdentity

ACCEPTED = 202


class Keys:
    """Locks keys for the transaction under way, and knows what they were answered with before."""

    def __init__(self, tenant_id: int, mode: str, names: Iterable[str]) -> None:
        wanted = sorted({name for name in names if name})
        self._mode = mode
        self._busy = idempotency.lock(tenant_id, mode, wanted) if wanted else set()
        self._stored = idempotency.find(mode, wanted) if wanted else {}

    def verdict(self, name: str, fingerprint: bytes) -> Accepted | Refused | None:
        """What to answer without doing the work; None where it is to be done."""
        if name in self._busy:
            return Refused(kind="in-progress", detail=RUNNING)
        stored = self._stored.get(name)
        if stored is None:
            return None
        if stored.fingerprint != fingerprint:
            return Refused(kind="idempotency-mismatch", detail=MISMATCH)
        return Accepted(answer=msgspec.json.decode(stored.answer), replayed=True)

    def keep(self, answers: Mapping[str, tuple[bytes, Accepted]], hours: int) -> None:
        """Store the answers of the keys, with the fingerprints of what asked for them."""
        idempotency.store(
            self._mode,
            [
                Stored(
                    key=name,
                    fingerprint=fingerprint,
                    status_code=ACCEPTED,
                    answer=msgspec.json.encode(accepted.answer),
                )
                for name, (fingerprint, accepted) in sorted(answers.items())
            ],
            hours,
        )


class KeyedRequests:
    """The requests of a transaction that have a key, one for one."""

    def __init__(self, tenant: TenantIdentity, mode: str, requests: Sequence[Asked]) -> None:
        self._requests = [asked for asked in requests if asked.key]
        self._marks = {asked.id: fingerprint(asked) for asked in self._requests}
        self._keys = Keys(tenant.id, mode, (asked.key for asked in self._requests))
        self._hours = tenant.idempotency_hours
        self._first: dict[str, Asked] = {}
        for asked in self._requests:
            self._first.setdefault(asked.key, asked)

    def answered(self) -> dict[UUID, Result]:
        """Those that are not to be done: answered before, or still running elsewhere."""
        verdicts = {
            asked.id: self._keys.verdict(asked.key, self._marks[asked.id])
            for asked in self._requests
        }
        return {each: verdict for each, verdict in verdicts.items() if verdict is not None}

    def doubles(self) -> dict[UUID, UUID]:
        """Of each key that comes twice, the later requests, with the one that runs for them."""
        return {
            asked.id: self._first[asked.key].id
            for asked in self._requests
            if self._first[asked.key] is not asked
        }

    def as_double(self, double: UUID, first: UUID, result: Result) -> Result:
        """What the second of two requests with a key is answered."""
        if self._marks[double] != self._marks[first]:
            return Refused(kind="idempotency-mismatch", detail=MISMATCH)
        if isinstance(result, Accepted):
            return Accepted(answer=result.answer, replayed=True)
        return result

    def keep(self, results: Mapping[UUID, Result]) -> None:
        """Store the answers to those that were accepted just now."""
        fresh: dict[str, tuple[bytes, Accepted]] = {}
        for asked in self._first.values():
            result = results[asked.id]
            if isinstance(result, Accepted) and not result.replayed:
                fresh[asked.key] = self._marks[asked.id], result
        self._keys.keep(fresh, self._hours)


def fingerprint(asked: Asked) -> bytes:
    """Tells what was asked, however it was written: alone or as an item of a batch."""
    terms: Sequence[object] = (
        asked.topic,
        asked.person,
        asked.direct,
        asked.channels,
        asked.data,
        asked.send_at,
        asked.expires_at,
        asked.priority,
        asked.correlation_id,
        asked.locale,
    )
    body = msgspec.json.encode(terms, order="deterministic")
    return idempotency.fingerprint("POST", "notification", body)
