"""The database connection of the thread that accepts groups; it serves nothing else."""

from contextlib import suppress

from django.db import Error, connection

from tenants.context import current_schema, enter_schema
from tenants.identity import TenantIdentity

# Seconds that a group waits for somebody else's lock, such as a migration's of its tenant's tables:
# half of what a request waits in the queue, so that the other tenants' requests behind it live.
LONGEST_LOCK = 5.0
LIMIT = "SELECT set_config('lock_timeout', %s, false)"
NO_LIMIT = "RESET lock_timeout"


def enter(tenant: TenantIdentity) -> None:
    """Go to the tenant's schema, and stay there."""
    if connection.connection is None:
        _execute(LIMIT, f"{LONGEST_LOCK * 1000:.0f}ms")
    if current_schema() != tenant.schema:
        enter_schema(tenant.schema)


def leave() -> None:
    """Close the connection; where there is a pool, it goes back there as it came."""
    if connection.connection is not None:
        with suppress(Error):  # it may have broken, which is why it is left
            _execute(NO_LIMIT)
    connection.close()


def _execute(statement: str, *parameters: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
