"""The job that forgets moves, once nobody can have missed them for less than an hour."""

from datetime import datetime, timedelta

from delivery.live import sql
from signalbus.core.logs import get_logger
from tenants.models import Tenant
from tenants.schemas import TenantWork, run_for_tenants

KEPT = timedelta(hours=1)
PAGE = 10_000  # moves deleted by one statement
TENANTS = 500  # asked in one round trip

log = get_logger(__name__)


def trim(now: datetime) -> int:
    """Delete every tenant's moves that are older than KEPT; how many those were."""
    schemas = list(Tenant.objects.served().order_by("id").values_list("schema_name", flat=True))
    return sum(_trim(schemas[at : at + TENANTS], now) for at in range(0, len(schemas), TENANTS))


def _trim(schemas: list[str], now: datetime) -> int:
    given = {"oldest": now - KEPT, "page": PAGE}
    total = 0
    while schemas:
        work = [TenantWork(schema, [(sql.TRIM, given)]) for schema in schemas]
        found = dict(zip(schemas, run_for_tenants(work), strict=True))
        counts = {name: _count(name, answer) for name, answer in found.items()}
        total += sum(counts.values())
        schemas = [name for name, count in counts.items() if count == PAGE]
    return total


def _count(schema: str, answer: list[list[tuple[int, ...]]] | Exception) -> int:
    if isinstance(answer, Exception):
        log.error("live.trim_failed", schema=schema, exc_info=answer)
        return 0
    return int(answer[0][0][0])
