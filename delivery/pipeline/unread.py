"""The end of a delivery that cannot be read: by its id alone, whatever its rows hold."""

from dataclasses import dataclass
from uuid import UUID

from delivery.errors import RULES, ErrorClass
from delivery.pipeline import record_sql, rows
from delivery.pipeline.literals import arrays, literal
from notifications import soft_bounces, status_sql
from notifications.models import Delivery
from notifications.states import Status
from signalbus.bus.received import Received
from signalbus.core.ids import new_id
from signalbus.core.logs import get_logger
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.schemas import TenantWork, run_for_tenants

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What of a delivery can be read in any case."""

    tenant: TenantIdentity
    notification: UUID
    attempts: int
    in_doubt: bool


def end(received: Received, detail: str) -> bool:
    """Settle it as crashed; False where there is no such delivery, or somebody else has it."""
    seen = glimpse(received.envelope.tenant, received.envelope.entry)
    if seen is None:
        return False
    entry = received.envelope.entry
    status = Status.UNKNOWN if seen.in_doubt else RULES[ErrorClass.CRASHED].ends
    figures = {"tenant": seen.tenant.id, **soft_bounces.figures()}
    statements = [
        (record_sql.LOCK, {"ids": literal([entry])}),
        (record_sql.SET_ASIDE, {**arrays([_row(received, status, detail)]), **figures}),
        *status_sql.statements([seen.notification]),
    ]
    (answer,) = run_for_tenants([TenantWork(seen.tenant.schema, statements)])
    if isinstance(answer, Exception):
        log.error("unread.not_ended", entry=str(entry), exc_info=answer)
        return False
    return bool(answer[1])


def glimpse(tenant_id: int, delivery: UUID) -> Glimpse | None:
    """What can be read of it; None where there is none."""
    tenant = identity.by_ids([tenant_id]).get(tenant_id)
    if tenant is None:
        return None
    with in_tenant(tenant):
        rows = Delivery.objects.filter(id=delivery)
        found = rows.values_list("notification_id", "attempts", "possibly_repeated").first()
    if found is None:
        return None
    notification, attempts, in_doubt = found
    return Glimpse(tenant=tenant, notification=notification, attempts=attempts, in_doubt=in_doubt)


def _row(received: Received, status: Status, detail: str) -> rows.EndRow:
    return rows.EndRow(
        entries=received.envelope.entry,
        claims=None,
        generations=received.envelope.generation,
        statuses=status.value,
        skips="",
        accounts=None,
        providers=None,
        references="",
        classes=ErrorClass.CRASHED.value,
        codes="crashed",
        details=detail,
        numbers=0,
        letters=new_id(),
        messages=new_id(),
    )
