"""Which accounts have a mailbox that bounces come to, in the order in which they are read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from delivery.providers.email import smtp_kind
from tenants.models import AccountDoor, PlatformAccount, Tenant
from tenants.schemas import TenantWork, run_for_tenants

TENANTS = 500  # asked in one round trip
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
KIND = smtp_kind.KIND.name
HOST = "imap_host"
WITH_MAILBOX = f"""
SELECT id FROM {{schema}}.delivery_provideraccount
WHERE kind = '{KIND}' AND options ->> '{HOST}' <> '' ORDER BY id
"""  # noqa: S608 - constants


def accounts() -> list[UUID]:
    """Those of tenants and of the platform; that which waited longest comes first."""
    found = list(_all())
    noted = AccountDoor.objects.filter(pk__in=found).values_list("account_id", "mailbox_read_at")
    read = {account: moment or NEVER for account, moment in noted}
    return sorted(found, key=lambda account: read.get(account, NEVER))


def _all() -> Iterator[UUID]:
    rows = PlatformAccount.objects.filter(kind=KIND, options__has_key=HOST)
    yield from rows.exclude(**{f"options__{HOST}": ""}).values_list("id", flat=True)
    schemas = list(Tenant.objects.served().order_by("id").values_list("schema_name", flat=True))
    for start in range(0, len(schemas), TENANTS):
        work = [TenantWork(schema, [(WITH_MAILBOX, {})]) for schema in schemas[start:][:TENANTS]]
        for answer in run_for_tenants(work):
            if not isinstance(answer, Exception):
                yield from (row[0] for row in answer[0])
