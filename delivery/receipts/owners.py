"""Whose receipts an account of the platform brings: the tenant stands in each one's metadata.

A service that hands nothing back (Postal, MailerSend) leaves only its own id of the message: then
the tenant is the one that has an attempt of that account under it.
"""

from collections.abc import Sequence

from delivery.providers.account import Account
from delivery.receipts.events import ReceiptEvent
from tenants import identity
from tenants.models import Tenant
from tenants.schemas import TenantWork, run_for_tenants

HAS = """
SELECT DISTINCT reference FROM {schema}.delivery_attempt
WHERE account_id = %(account)s::uuid AND reference = ANY(%(references)s::text[])
    AND reference <> ''
"""


def schemas(account: Account, events: Sequence[ReceiptEvent]) -> list[str | None]:
    """The schema that each event belongs to, in order; None where nobody knows."""
    named = identity.by_ids({event.tenant_id for event in events if event.tenant_id is not None})
    nameless = [event.reference for event in events if event.tenant_id is None]
    known = _by_reference(account, [each for each in nameless if each]) if nameless else {}
    return [
        known.get(event.reference)
        if event.tenant_id is None
        else named[event.tenant_id].schema
        if event.tenant_id in named
        else None
        for event in events
    ]


def _by_reference(account: Account, references: Sequence[str]) -> dict[str, str]:
    """Reference → schema: one look into every tenant, in one round trip."""
    owners = list(Tenant.objects.served().values_list("schema_name", flat=True))
    params = {"account": account.id, "references": list(references)}
    answers = run_for_tenants([TenantWork(schema, [(HAS, params)]) for schema in owners])
    return {
        row[0]: schema
        for schema, answer in zip(owners, answers, strict=True)
        if not isinstance(answer, Exception)
        for row in answer[0]
    }
