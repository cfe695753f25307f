"""Whose receipts an account of the platform brings: the tenant stands in each one's metadata.

A service that hands nothing back (Postal, MailerSend) leaves only its own id of the message: then
the tenant is the one that has an attempt of that account under it. That asks the tenants, each by
an index, so it costs a round trip for every TENANTS of them until all are found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from delivery.providers.account import Account
from delivery.receipts.events import ReceiptEvent
from signalbus.api.problems import Problem
from tenants import identity
from tenants.models import Tenant
from tenants.schemas import TenantWork, run_for_tenants

TENANTS = 500  # asked in one round trip
HAS = """
SELECT DISTINCT reference FROM {schema}.delivery_attempt
WHERE account_id = %(account)s::uuid AND reference = ANY(%(references)s::text[])
    AND reference <> ''
"""


@dataclass(slots=True, kw_only=True)
class Owners:
    """The schema of each reference that has one, and those that could not be asked."""

    schemas: dict[str, str] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)


def schemas(account: Account, events: Sequence[ReceiptEvent]) -> list[str | None]:
    """The schema that each event belongs to, in order; None where nobody knows.

    Raises Problem where one may belong to a tenant that could not be asked.
    """
    named = identity.by_ids({event.tenant_id for event in events if event.tenant_id is not None})
    nameless = [event.reference for event in events if event.tenant_id is None and event.reference]
    known = by_reference(account.id, nameless)
    if known.silent and set(nameless) - set(known.schemas):
        raise Problem("unavailable", "Not every tenant could be asked; repeat the receipt.")
    return [
        known.schemas.get(event.reference)
        if event.tenant_id is None
        else named[event.tenant_id].schema
        if event.tenant_id in named
        else None
        for event in events
    ]


def by_reference(account: UUID, references: Sequence[str]) -> Owners:
    """Who has sent those messages through the account."""
    found, missing = Owners(), {each for each in references if each}
    for group in _tenants() if missing else ():
        params = {"account": account, "references": sorted(missing)}
        answers = run_for_tenants([TenantWork(schema, [(HAS, params)]) for schema in group])
        for schema, answer in zip(group, answers, strict=True):
            if isinstance(answer, Exception):
                found.silent.append(schema)
            else:
                found.schemas.update({row[0]: schema for row in answer[0]})
        missing -= set(found.schemas)
        if not missing:
            break
    return found


def _tenants() -> Iterator[list[str]]:
    everyone = list(Tenant.objects.served().order_by("id").values_list("schema_name", flat=True))
    for start in range(0, len(everyone), TENANTS):
        yield everyone[start:][:TENANTS]
