"""Which lines stand still, as the database tells: `python -m signalbus.embedded.pauses`.

A program of its own, for `make status` runs where there is no psycopg; and it starts no Django.
"""

import os
import sys
from collections.abc import Mapping

import psycopg

SECONDS = 3
SOFT = ("limit", "crowded")  # a limit's own pauses: they end by themselves in a moment
IN_FORCE = """
SELECT coalesce(tenant.name, 'tenant ' || pause.tenant_id), pause.stream, pause.reason
FROM public.bus_linepause pause LEFT JOIN public.tenants_tenant tenant ON tenant.id = tenant_id
WHERE (pause.until IS NULL OR pause.until > now()) AND NOT pause.reason = ANY(%s)
ORDER BY pause.since
"""
MOST = 5


def told(environment: Mapping[str, str]) -> str:
    """Return `2 lines paused: acme email.bulk (guard), …`; nothing where there are none.

    Nothing too where the database does not answer, for its health is told anyway.
    """
    try:
        with psycopg.connect(environment["DATABASE_URL"], connect_timeout=SECONDS) as connection:
            paused = connection.execute(IN_FORCE, [list(SOFT)]).fetchall()
    except (psycopg.Error, KeyError):
        return ""
    lines = [f"{tenant} {stream or 'all lanes'} ({reason})" for tenant, stream, reason in paused]
    if not lines:
        return ""
    more = f" and {len(lines) - MOST} more" if len(lines) > MOST else ""
    number = f"{len(lines)} line{'' if len(lines) == 1 else 's'} paused"
    return f"{number}: {', '.join(lines[:MOST])}{more}"


if __name__ == "__main__":
    sys.stdout.write(told(os.environ))
