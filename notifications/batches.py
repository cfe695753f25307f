"""Many requests of one body accepted together, with one result for each, in their order."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from notifications import policies, refusals
from notifications.accept import accept
from notifications.askers import limited
from notifications.counting import OverdrawnError
from notifications.guesses import Guesses
from notifications.keys import ACCEPTED, Keys
from notifications.models import Batch, Delivery, Notification
from notifications.states import OPEN
from notifications.values import Accepted, Asked, Refused, Result, Value
from signalbus.core.ids import new_id
from tenants.identity import KeyIdentity, TenantIdentity


class BatchKey(Value, frozen=True, kw_only=True):
    """The idempotency key of a whole body, and the fingerprint of the body."""

    name: str
    fingerprint: bytes


class Progress(Value, frozen=True, kw_only=True):
    """How far a batch has come. `counts` are its notifications by status."""

    batch: Batch
    counts: Mapping[str, int]
    first_settled_at: Any
    last_settled_at: Any

    @property
    def done(self) -> bool:
        """Whether nothing of it is open."""
        return not any(self.counts.get(status) for status in OPEN)


def accept_batch(
    tenant: TenantIdentity,
    mode: str,
    requests: Sequence[Asked | Refused],
    key: BatchKey | None,
    *,
    asker: KeyIdentity | None = None,
    topic: str | None = None,
) -> Result:
    """Accept what can be, in one transaction; what cannot is told in its own result.

    `asker` is the key that asks.
    Refused as a whole only where its key says so, where the one `topic` that all of it is about
    has no policy, or where it does not fit a quota; then nothing of it is written. The key comes
    first: what was answered once is answered alike for ever.
    """
    try:
        return _accept_batch(tenant, mode, requests, key, asker, topic)
    except OverdrawnError as over:
        over.tell()
        return over.refused


@transaction.atomic
def _accept_batch(
    tenant: TenantIdentity,
    mode: str,
    requests: Sequence[Asked | Refused],
    key: BatchKey | None,
    asker: KeyIdentity | None,
    topic: str | None,
) -> Result:
    keys = Keys(tenant.id, mode, [key.name] if key else [])
    verdict = keys.verdict(key.name, key.fingerprint) if key else None
    if verdict is not None:
        return verdict
    refusal = _no_policy(topic) if topic is not None else None
    if refusal is not None:
        return refusal
    taken = [_with_own_key(each, key) for each in requests] if key else requests
    accepted = Accepted(answer=_accept(tenant, mode, taken, asker))
    if key:
        keys.keep({key.name: (key.fingerprint, accepted)}, tenant.idempotency_hours)
    return accepted


def progress(mode: str, batch_id: UUID) -> Progress:
    """How far the batch has come. Raises Batch.DoesNotExist."""
    batch = Batch.objects.get(id=batch_id, mode=mode)
    rows = Notification.objects.filter(batch=batch).order_by()
    counts = dict(rows.values_list("status").annotate(Count("id")))
    settled = Delivery.objects.filter(notification__batch=batch).aggregate(
        first_settled_at=Min("settled_at"), last_settled_at=Max("settled_at")
    )
    return Progress(batch=batch, counts=counts, **settled)


def _with_own_key(asked: Asked | Refused, key: BatchKey) -> Asked | Refused:
    """The request, refused if its key is the batch's: one key keeps one answer."""
    if isinstance(asked, Asked) and asked.key == key.name:
        return refusals.same_key(asked)
    return asked


def _no_policy(topic: str) -> Refused | None:
    known = policies.by_topic()
    policy = known.get(topic)
    if policy is None or not policy.enabled:
        near = Guesses(known).of(topic)
        return refusals.no_policy(topic, switched_off=policy is not None, near=near)
    return None


def _accept(
    tenant: TenantIdentity,
    mode: str,
    requests: Sequence[Asked | Refused],
    asker: KeyIdentity | None,
) -> dict[str, Any]:
    batch = new_id()
    asked = [each for each in requests if isinstance(each, Asked)]
    askers = limited((each, asker) for each in asked)
    outcomes = iter(accept(tenant, mode, asked, batch=batch, askers=askers))
    results = [each if isinstance(each, Refused) else next(outcomes) for each in requests]
    accepted = sum(isinstance(each, Accepted) for each in results)
    refused = len(results) - accepted
    Batch.objects.create(
        id=batch, mode=mode, accepted=accepted, refused=refused, created_at=timezone.now()
    )
    return {
        "batch": batch,
        "accepted": accepted,
        "refused": refused,
        "results": [_shown(index, result) for index, result in enumerate(results)],
    }


def _shown(index: int, result: Result) -> dict[str, Any]:
    """A result in the list: here `status` is that of HTTP; the deliveries say what became of it."""
    if isinstance(result, Refused):
        return {"index": index, **result.problem().members()}
    shown = {"index": index, **result.answer, "status": ACCEPTED}
    return {**shown, "replayed": True} if result.replayed else shown
