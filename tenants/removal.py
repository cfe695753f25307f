"""What deleting a tenant does, in steps that are small, and safe to repeat after a crash.

First its part of the line goes, in pages; then, in one transaction, its row with its keys, domains
and doors, while its schema gets a name that nobody looks for; then the tables of that schema, some
at a time. So a half-deleted tenant is never seen, and what is left of one is found by its name.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection, transaction
from psycopg import sql

from signalbus.bus.models import Line, LinePause, OutboxEntry
from signalbus.core.logs import get_logger
from tenants import deleting, identity
from tenants.alone import alone
from tenants.models import State, Tenant
from tenants.schemas import table

REMOVAL_LOCK = 0x474F4E45  # an advisory lock of its own: one process at a time deletes
GONE = "gone_"  # what a schema is called whose tenant is no more
PAGE = 5000  # entries deleted by one statement, so that none holds its locks for long
TABLES = 8  # tables dropped by one transaction
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"

# No call takes an hour: what was claimed before was left by a worker that died, and stays in the
# line, published again and again, where no worker of its channel runs any more.
UNDER_WAY = """
SELECT EXISTS (
    SELECT FROM public.bus_outboxentry
    WHERE tenant_id = %s AND claim IS NOT NULL AND available_at > clock_timestamp()
        AND claimed_at > clock_timestamp() - interval '1 hour'
)
"""
LEFT_OVER = """
SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY nspname
"""
TABLES_OF = """
SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename LIMIT %s
"""

log = get_logger(__name__)


def delete_due(now: datetime) -> int:
    """Begin with the tenants whose grace time is over, and go on with those that were begun.

    How many came to their end. One tenant's error leaves the others' work done; nothing happens
    while another process is at it.
    """
    with alone(REMOVAL_LOCK) as is_mine:
        return _delete_due(now) if is_mine else 0


def finish(tenant_id: int, now: datetime) -> bool:
    """Delete a tenant whose deletion was begun; False where something of it is under way still."""
    tenant = Tenant.objects.filter(id=tenant_id, state=State.DELETING).first()
    if tenant is None:
        return True
    if (tenant.delete_at and tenant.delete_at > now) or is_under_way(tenant_id):
        return False
    _empty_line(tenant_id)
    _let_go(tenant_id)
    log.warning("tenant.deleted", tenant=tenant.name, schema=tenant.schema_name)
    return True


def drop_left_over() -> int:
    """Drop what is left of the schemas of tenants that are no more; how many schemas that were."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OVER, [GONE])
        schemas = [name for (name,) in cursor.fetchall()]
    for schema in schemas:
        _drop(schema)
    return len(schemas)


def is_under_way(tenant_id: int) -> bool:
    """Whether a provider may be called for the tenant at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(UNDER_WAY, [tenant_id])
        return bool(cursor.fetchone()[0])


def _delete_due(now: datetime) -> int:
    over = Tenant.objects.filter(state=State.SUSPENDED, delete_at__lte=now)
    for tenant_id in over.values_list("id", flat=True):
        _guarded(lambda each: bool(deleting.begin(each, now)), tenant_id)
    begun = Tenant.objects.filter(state=State.DELETING).order_by("id")
    ended = sum(
        _guarded(lambda each: finish(each, now), tenant_id)
        for tenant_id in begun.values_list("id", flat=True)
    )
    drop_left_over()
    return ended


def _guarded(work: Callable[[int], bool], tenant_id: int) -> bool:
    try:
        return work(tenant_id)
    except Exception:
        log.exception("tenant.deleting_failed", tenant_id=tenant_id)
        return False


def _empty_line(tenant_id: int) -> None:
    page = OutboxEntry.objects.filter(tenant_id=tenant_id).order_by().values("pk")[:PAGE]
    while OutboxEntry.objects.filter(pk__in=page).delete()[0]:
        pass


@transaction.atomic
def _let_go(tenant_id: int) -> None:
    """Its row with all that hangs on it, its last entries, and the name of its schema."""
    tenant = Tenant.objects.select_for_update().get(id=tenant_id, state=State.DELETING)
    for model in (OutboxEntry, Line, LinePause):
        model._default_manager.filter(tenant_id=tenant_id).delete()
    with connection.cursor() as cursor:
        cursor.execute(LOCK_TIMEOUT)
        cursor.execute(
            sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(
                sql.Identifier(tenant.schema_name), sql.Identifier(gone_name(tenant))
            )
        )
    Tenant.objects.filter(id=tenant_id).delete()
    transaction.on_commit(identity.forget)


def gone_name(tenant: Tenant) -> str:
    """What its schema is called while it is dropped; a name that no schema had before."""
    return f"{GONE}{tenant.pk}_{tenant.schema_name}"[:63]


def _drop(schema: str) -> None:
    while tables := _tables_of(schema):
        _drop_tables(schema, tables)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
    log.warning("tenant.schema_dropped", schema=schema)


def _tables_of(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES_OF, [schema, TABLES])
        return [name for (name,) in cursor.fetchall()]


@transaction.atomic
def _drop_tables(schema: str, names: Sequence[str]) -> None:
    listed = sql.SQL(", ").join(table(schema, name) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_TIMEOUT)
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(listed))
