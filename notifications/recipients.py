"""Recipients and contacts written in bulk: only who is new or changed, always in the same order.

Rows are locked in the order of the external ids, and all recipients before any contact, so that
two requests about the same people wait for each other and never for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from notifications import database
from notifications.people import combined
from notifications.values import Known, Person
from signalbus.core.ids import new_id

INSERT = """
INSERT INTO notifications_recipient
    (id, mode, external_id, locale, time_zone, attributes, created_at, updated_at)
SELECT id, %(mode)s, external_id, coalesce(locale, ''), coalesce(time_zone, ''),
    coalesce(attributes, '{}')::jsonb, %(now)s, %(now)s
FROM unnest(%(id)s::uuid[], %(external_id)s::text[], %(locale)s::text[], %(time_zone)s::text[],
    %(attributes)s::text[]) AS given(id, external_id, locale, time_zone, attributes)
ON CONFLICT (mode, external_id) DO NOTHING
RETURNING external_id
"""
UPDATE = """
WITH given AS (
    SELECT * FROM unnest(%(external_id)s::text[], %(locale)s::text[], %(time_zone)s::text[],
        %(attributes)s::text[]) AS given(external_id, locale, time_zone, attributes)
), locked AS (
    SELECT r.id, r.external_id FROM notifications_recipient r JOIN given USING (external_id)
    WHERE r.mode = %(mode)s ORDER BY r.external_id FOR NO KEY UPDATE OF r
)
UPDATE notifications_recipient r SET
    locale = coalesce(given.locale, r.locale),
    time_zone = coalesce(given.time_zone, r.time_zone),
    attributes = coalesce(given.attributes::jsonb, r.attributes),
    updated_at = %(now)s
FROM locked JOIN given USING (external_id) WHERE r.id = locked.id
RETURNING external_id, r.id
"""
CONTACTS = """
INSERT INTO notifications_contact (id, recipient_id, channel, address)
SELECT * FROM unnest(%(id)s::uuid[], %(recipient)s::uuid[], %(channel)s::text[],
    %(address)s::text[])
ON CONFLICT (recipient_id, channel) DO UPDATE SET address = excluded.address
"""
GIVEN = ("external_id", "locale", "time_zone", "attributes")


def upsert(
    mode: str,
    given: Iterable[Person],
    stored: Mapping[str, Known],
    wanted: Mapping[str, Known],
    now: datetime,
) -> dict[str, UUID]:
    """Write what was given of people; returns the internal ids of all of them.

    `stored` is what was loaded, `wanted` what they are to become. Of somebody whom another
    request is making at this moment, the other's row is taken.
    """
    changes = _by_id(given)
    ids = {name: wanted[name].id for name in changes}
    new = [name for name in changes if name not in stored]
    made = _insert(mode, [(ids[name], changes[name]) for name in new], now)
    changed = [name for name in changes if name in stored and _differs(stored[name], wanted[name])]
    rest = sorted({*changed, *new} - made)
    ids.update(_update(mode, [changes[name] for name in rest], now))
    _write_contacts(changes, stored, ids)
    return ids


def _by_id(given: Iterable[Person]) -> dict[str, Person]:
    """What was given of each, sorted; of one named twice both changes together."""
    changes: dict[str, Person] = {}
    for person in given:
        before = changes.get(person.external_id)
        changes[person.external_id] = combined(before, person) if before else person
    return dict(sorted(changes.items()))


def _differs(stored: Known, wanted: Known) -> bool:
    """Whether the recipient's own row changes."""
    return any(getattr(stored, name) != getattr(wanted, name) for name in GIVEN)


def _insert(mode: str, people: Sequence[tuple[UUID, Person]], now: datetime) -> set[str]:
    if not people:
        return set()
    columns = _columns(person for _, person in people)
    columns["id"] = [identity for identity, _ in people]
    return {row[0] for row in database.fetch(INSERT, {"mode": mode, "now": now, **columns})}


def _update(mode: str, people: Sequence[Person], now: datetime) -> dict[str, UUID]:
    if not people:
        return {}
    return dict(database.fetch(UPDATE, {"mode": mode, "now": now, **_columns(people)}))


def _columns(people: Iterable[Person]) -> dict[str, list[Any]]:
    return database.columns(
        GIVEN,
        (
            (each.external_id, each.locale, each.time_zone, _json(each.attributes))
            for each in people
        ),
    )


def _json(attributes: Mapping[str, Any] | None) -> str | None:
    return None if attributes is None else msgspec.json.encode(attributes).decode()


def _write_contacts(
    changes: Mapping[str, Person], stored: Mapping[str, Known], ids: Mapping[str, UUID]
) -> None:
    rows = [
        (new_id(), ids[name], channel, address)
        for name, person in changes.items()
        for channel, address in sorted(person.addresses.items())
        if name not in stored or stored[name].addresses.get(channel) != address
    ]
    if rows:
        database.run(CONTACTS, database.columns(("id", "recipient", "channel", "address"), rows))
