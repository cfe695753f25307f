"""Attempts whose outcome nobody knows: claims that expired, and what a provider is asked about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline.items import Attempted, Call, Finished, Item
from delivery.pipeline.literals import literal
from delivery.providers import registry
from delivery.providers.account import SIMULATOR, Account
from delivery.providers.base import Accepted, Outcome
from signalbus.bus.purposes import Purpose
from tenants.schemas import TenantWork, run_for_tenants

EXPIRED = DeliveryError(
    error_class=ErrorClass.UNKNOWN_OUTCOME,
    code="claim-expired",
    detail="The worker went away while the provider was called.",
)
# By their numbers: an id tells the time of the machine that made it, whose clock may be behind.
LATEST = """
SELECT DISTINCT ON (delivery_id) delivery_id, id, number, account_id, started_at, outcome,
    error_class, code, detail, reference
FROM {schema}.delivery_attempt WHERE delivery_id = ANY(%(ids)s::uuid[])
ORDER BY delivery_id, number DESC, id DESC
"""


def expired(item: Item, account: Account | None) -> Finished:
    """The end of a call that another worker began: of a send unknown, of a question no answer."""
    facts = item.facts
    assert facts.claim is not None, "Only claims expire."
    asked = facts.purpose == Purpose.RECONCILE
    began = facts.claimed_at or facts.now
    call = Call(
        item=item,
        account=account,
        attempt=facts.claim,
        number=facts.attempts if asked else facts.attempts + 1,
        reconciles=asked,
        can_ask=account is not None and registry.driver(account).reconciles,
        began=began,
    )
    return Finished(
        call=call, outcome=None if asked else EXPIRED, started_at=began, duration_ms=None
    )


def account_named(account: UUID | None, accounts: Sequence[Account]) -> Account | None:
    """The account of a call that was made, if it is still there, though perhaps disabled."""
    return next((one for one in (*accounts, SIMULATOR) if one.id == account), None)


def latest_attempts(items: Sequence[Item]) -> Mapping[UUID, Attempted]:
    """The latest attempt of each item's delivery. Raises what a tenant's statement raised."""
    by_schema: dict[str, list[UUID]] = defaultdict(list)
    for item in items:
        by_schema[item.tenant.schema].append(item.facts.delivery)
    work = [
        TenantWork(schema, [(LATEST, {"ids": literal(ids)})]) for schema, ids in by_schema.items()
    ]
    found: dict[UUID, Attempted] = {}
    for answer in run_for_tenants(work):
        if isinstance(answer, Exception):
            raise answer
        found.update((row[0], _attempted(row)) for row in answer[0])
    return found


def _attempted(row: Sequence[Any]) -> Attempted:
    _, key, number, account, started_at, word, error_class, code, detail, reference = row
    outcome: Outcome | None = None
    if word == "accepted":
        outcome = Accepted(reference=reference)
    elif word == "refused":
        outcome = DeliveryError(error_class=ErrorClass(error_class), code=code, detail=detail)
    return Attempted(
        id=key, number=number, account_id=account, started_at=started_at, outcome=outcome
    )
