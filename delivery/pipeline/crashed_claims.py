"""The end of a call whose expired claim cannot be handled: by its ids alone.

Whether the provider has the message nobody knows, so that the delivery ends as unknown, with the
attempt that the claim stands for.
"""

from uuid import UUID

from delivery.errors import ErrorClass
from delivery.pipeline import record_sql, rows
from delivery.pipeline.literals import arrays, literal
from delivery.pipeline.unread import Glimpse, glimpse
from notifications import soft_bounces, status_sql
from notifications.states import Status
from signalbus.bus.outbox import Held
from signalbus.bus.purposes import Purpose
from signalbus.core.logs import get_logger
from tenants.schemas import Statement, TenantWork, run_for_tenants

CODE = "crashed"

log = get_logger(__name__)


def end(held: Held, claim: UUID, detail: str) -> bool:
    """Settle it under its claim; False where there is no such delivery, or the claim is lost."""
    seen = glimpse(held.tenant_id, held.id)
    if seen is None:
        return False
    (answer,) = run_for_tenants(
        [TenantWork(seen.tenant.schema, _statements(held, claim, seen, detail))]
    )
    if isinstance(answer, Exception):
        log.error("crashed_claim.not_ended", entry=str(held.id), exc_info=answer)
        return False
    return bool(answer[1])


def _statements(held: Held, claim: UUID, seen: Glimpse, detail: str) -> list[Statement]:
    attempt = _attempt(held, claim, seen)
    figures = {"tenant": seen.tenant.id, **soft_bounces.figures()}
    return [
        (record_sql.LOCK, {"ids": literal([held.id])}),
        (record_sql.ENDED, {**arrays([_end(attempt, detail)]), **figures}),
        (record_sql.ATTEMPTS, arrays([attempt])),
        *status_sql.statements([seen.notification]),
    ]


def _attempt(held: Held, claim: UUID, seen: Glimpse) -> rows.AttemptRow:
    """The call; of a question, the earlier one that it asked about, which is written already."""
    asked = held.purpose == Purpose.RECONCILE
    return rows.AttemptRow(
        attempts=claim,
        deliveries=held.id,
        numbers=seen.attempts if asked else seen.attempts + 1,
        accounts=held.claim_account,
        providers="",
        outcomes="unknown",
        classes=ErrorClass.UNKNOWN_OUTCOME.value,
        codes=CODE,
        details="What came of the call could not be written down.",
        references="",
        repeats=seen.in_doubt,
        moments=held.claimed_at or held.available_at,
        durations=None,
    )


def _end(attempt: rows.AttemptRow, detail: str) -> rows.EndRow:
    return rows.EndRow(
        entries=attempt.deliveries,
        claims=attempt.attempts,
        generations=None,
        statuses=Status.UNKNOWN.value,
        skips="",
        accounts=attempt.accounts,
        providers=None,
        references="",
        classes=ErrorClass.CRASHED.value,
        codes=CODE,
        details=detail,
        numbers=attempt.numbers,
        letters=None,
        messages=None,
    )
