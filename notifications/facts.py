"""What deciding needs to know, loaded for many requests in a fixed number of statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from notifications import database, policies
from notifications.deciding.policy import Shelf, Suppressed
from notifications.values import Asked, Known, PolicyFacts, Value
from templates_app import catalog

RECIPIENTS = """
SELECT r.external_id, r.id, r.locale, r.time_zone, r.attributes,
    (SELECT jsonb_object_agg(c.channel, c.address)
     FROM notifications_contact c WHERE c.recipient_id = r.id)
FROM notifications_recipient r
WHERE r.mode = %(mode)s AND r.external_id = ANY(%(ids)s)
"""
SUPPRESSED = """
SELECT s.channel, s.address, s.reason, s.created_at FROM notifications_suppression s
JOIN (SELECT unnest(%(addresses)s::text[]) AS address) AS asked USING (address)
WHERE s.mode = %(mode)s AND (s.expires_at IS NULL OR s.expires_at > now())
"""


class Facts(Value, frozen=True, kw_only=True):
    """All that the decisions of one transaction rest on.

    `templates` are the names of all; they are known only where one that is asked for has no text.
    """

    policies: Mapping[str, PolicyFacts]
    shelf: Shelf
    people: Mapping[str, Known]
    suppressed: Mapping[tuple[str, str], Suppressed]
    templates: Collection[str] = ()


def load(mode: str, asked: Sequence[Asked]) -> Facts:
    """The facts of these requests, of the current tenant."""
    known_policies = policies.by_topic()
    people = recipients(mode, (each.person.external_id for each in asked))
    shelf = catalog.current(_templates(known_policies, asked))
    return Facts(
        policies=known_policies,
        shelf=shelf,
        people=people,
        suppressed=_suppressed(mode, asked, people.values()),
        templates=catalog.names() if _lacks_text(shelf, asked) else (),
    )


def recipients(mode: str, external_ids: Iterable[str]) -> dict[str, Known]:
    """The stored recipients among these ids, with their addresses."""
    ids = sorted({external_id for external_id in external_ids if external_id})
    if not ids:
        return {}
    rows = database.fetch(RECIPIENTS, {"mode": mode, "ids": ids})
    return {row[0]: _known(*row) for row in rows}


def _known(
    external_id: str, id: UUID, locale: str, time_zone: str, attributes: Any, addresses: Any
) -> Known:
    return Known(
        external_id=external_id,
        id=id,
        locale=locale,
        time_zone=time_zone,
        attributes=msgspec.json.decode(attributes),
        addresses=msgspec.json.decode(addresses) if addresses else {},
    )


def _templates(known: Mapping[str, PolicyFacts], asked: Sequence[Asked]) -> set[str]:
    topics = {each.topic for each in asked}
    asked_for = [known[topic] for topic in topics if topic in known]
    rules = [rule for policy in asked_for for rule in (*policy.rules, *policy.fallbacks)]
    named = {each.direct.template for each in asked if each.direct}
    return {name for name in named | {rule.template for rule in rules} if name}


def _lacks_text(shelf: Shelf, asked: Iterable[Asked]) -> bool:
    named = (each.direct for each in asked if each.direct and each.direct.template)
    return any((direct.template, direct.channel) not in shelf for direct in named)


def _suppressed(
    mode: str, asked: Sequence[Asked], people: Iterable[Known]
) -> dict[tuple[str, str], Suppressed]:
    addresses = {address for each in asked for address in each.person.addresses.values()}
    addresses.update(address for known in people for address in known.addresses.values())
    if not addresses:
        return {}
    rows = database.fetch(SUPPRESSED, {"mode": mode, "addresses": sorted(addresses)})
    return {(channel, address): Suppressed(*why) for channel, address, *why in rows}
