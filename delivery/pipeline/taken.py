"""Which of a provider's messages are known to be others': a question must not bring them as answer.

Two messages may say the same to the same address, and one of them may never have arrived. Of an
account that several tenants share, only the tenant's own messages are known.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from delivery.pipeline.items import Planned
from delivery.pipeline.literals import literal
from tenants.schemas import TenantWork, run_for_tenants

MOST = 200  # deliveries to one address, the newest first
# By attempts that were accepted, and by receipts of those that were not, as far as is known.
OTHERS = f"""
SELECT asked.attempt, other.reference
FROM unnest(%(attempts)s::uuid[], %(accounts)s::uuid[], %(addresses)s::text[])
    AS asked(attempt, account, address)
CROSS JOIN LATERAL (
    SELECT id FROM {{schema}}.notifications_delivery
    WHERE address = asked.address ORDER BY id DESC LIMIT {MOST}
) delivery
CROSS JOIN LATERAL (
    SELECT reference FROM {{schema}}.delivery_attempt
    WHERE delivery_id = delivery.id AND account_id = asked.account AND reference <> ''
        AND id <> asked.attempt
    UNION ALL
    SELECT reference FROM {{schema}}.delivery_receipt
    WHERE delivery_id = delivery.id AND account_id = asked.account AND reference <> ''
        AND attempt_id <> asked.attempt
) other
"""  # noqa: S608 - constants


def mark(planned: Sequence[Planned]) -> list[Planned]:
    """The same, each question with the references that are others'. One round trip at most."""
    asked = [each for each in planned if each.earlier is not None and each.answer is None]
    known = _known(asked) if asked else {}
    return [
        replace(each, taken=frozenset(known[each.earlier.id]))
        if each.earlier and each.earlier.id in known
        else each
        for each in planned
    ]


def _known(asked: Sequence[Planned]) -> Mapping[UUID, set[str]]:
    """By attempt. Raises what a tenant's statement raised."""
    by_schema: dict[str, list[Planned]] = defaultdict(list)
    for planned in asked:
        by_schema[planned.item.tenant.schema].append(planned)
    found: dict[UUID, set[str]] = defaultdict(set)
    for attempt, reference in _rows(by_schema):
        found[attempt].add(reference)
    return found


def _rows(by_schema: Mapping[str, Sequence[Planned]]) -> Iterator[Sequence[Any]]:
    work = [TenantWork(name, [(OTHERS, _values(group))]) for name, group in by_schema.items()]
    for answer in run_for_tenants(work):
        if isinstance(answer, Exception):
            raise answer
        yield from answer[0]


def _values(group: Sequence[Planned]) -> dict[str, str]:
    return {
        "attempts": literal([each.earlier.id for each in group if each.earlier]),
        "accounts": literal([each.account.id for each in group]),
        "addresses": literal([each.item.facts.address for each in group]),
    }
