"""The jobs that keep the statistics small: changes are added up, and old hours become days."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from delivery.statistics import sql
from delivery.statistics.periods import Kept, Step
from signalbus.core.logs import get_logger
from tenants.models import Tenant
from tenants.schemas import Statement, TenantWork, run_for_tenants

PAGE = 20_000  # changes folded by one statement
TENANTS = 500  # asked in one round trip

log = get_logger(__name__)


def fold(now: datetime, kept: Kept) -> int:
    """Add every tenant's changes up to its tallies; how many changes those were."""
    given = {"horizon": kept.oldest(Step.HOUR, now), "page": PAGE}
    schemas, total = _schemas(), 0
    while schemas:
        folded = _counts(schemas, [(sql.FOLD, given)])
        total += sum(folded.values())
        schemas = [schema for schema, count in folded.items() if count == PAGE]
    return total


def trim(now: datetime, kept: Kept) -> int:
    """Make days of every tenant's old hours, and forget old days; how many rows that took away."""
    given = {"horizon": kept.oldest(Step.HOUR, now), "oldest": kept.oldest(Step.DAY, now)}
    statements = [
        (sql.COMPACT, {"horizon": given["horizon"]}),
        (sql.FORGET, given),
    ]
    return sum(_counts(_schemas(), statements).values())


def _schemas() -> list[str]:
    return list(Tenant.objects.served().order_by("id").values_list("schema_name", flat=True))


def _counts(schemas: Sequence[str], statements: Sequence[Statement]) -> dict[str, int]:
    """What the statements answered for each schema, but for those where they failed."""
    found: dict[str, int] = {}
    for start in range(0, len(schemas), TENANTS):
        some = schemas[start:][:TENANTS]
        answers = run_for_tenants([TenantWork(schema, statements) for schema in some])
        for schema, answer in zip(some, answers, strict=True):
            if isinstance(answer, Exception):
                log.error("statistics.failed", schema=schema, exc_info=answer)
            else:
                found[schema] = _total(answer)
    return found


def _total(answer: Sequence[Sequence[tuple[Any, ...]]]) -> int:
    return sum(int(rows[0][0]) for rows in answer)
