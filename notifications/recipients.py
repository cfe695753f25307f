"""Recipients and contacts written in bulk: only who is new or changed, always in the same order.

Rows are locked in the order of the external ids, and all recipients before any contact, so that
two requests about the same people wait for each other and never for ever.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications import database
from notifications.people import combined
from notifications.values import Known, Person, Value
from signalbus.core.ids import new_id

INSERT = """
INSERT INTO notifications_recipient
    (id, mode, external_id, locale, time_zone, attributes, created_at, updated_at)
SELECT id, %(mode)s, external_id, coalesce(locale, ''), coalesce(time_zone, ''),
    coalesce(attributes, '{}'), %(now)s, %(now)s
FROM json_to_recordset(%(people)s::json) AS given (id uuid, external_id text, locale text,
    time_zone text, attributes jsonb)
ON CONFLICT (mode, external_id) DO NOTHING
RETURNING external_id
"""
UPDATE = """
WITH given AS (
    SELECT * FROM json_to_recordset(%(people)s::json) AS given (external_id text, locale text,
        time_zone text, attributes jsonb)
), locked AS (
    SELECT r.id, r.external_id FROM notifications_recipient r JOIN given USING (external_id)
    WHERE r.mode = %(mode)s ORDER BY r.external_id FOR NO KEY UPDATE OF r
)
UPDATE notifications_recipient r SET
    locale = coalesce(given.locale, r.locale),
    time_zone = coalesce(given.time_zone, r.time_zone),
    attributes = coalesce(given.attributes, r.attributes),
    updated_at = %(now)s
FROM locked JOIN given USING (external_id) WHERE r.id = locked.id
RETURNING r.external_id, r.id
"""
CONTACTS = """
INSERT INTO notifications_contact (id, recipient_id, channel, address)
SELECT * FROM json_to_recordset(%(contacts)s::json) AS given (id uuid, recipient uuid,
    channel text, address text)
ON CONFLICT (recipient_id, channel) DO UPDATE SET address = excluded.address
"""
OWN = ("locale", "time_zone", "attributes")  # the columns of a recipient's own row


class Change(Value, frozen=True, kw_only=True):
    """What is written of a recipient; None stays as it is."""

    id: UUID
    external_id: str
    locale: str | None
    time_zone: str | None
    attributes: Mapping[str, Any] | None


class NewContact(Value, frozen=True, kw_only=True):
    """An address to be written."""

    id: UUID
    recipient: UUID
    channel: str
    address: str


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
    made = _insert(mode, (_change(ids[name], changes[name]) for name in new), now)
    changed = [name for name in changes if name in stored and _differs(stored[name], wanted[name])]
    rest = sorted({*changed, *new} - made)
    ids.update(_update(mode, (_change(ids[name], changes[name]) for name in rest), now))
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
    return any(getattr(stored, name) != getattr(wanted, name) for name in OWN)


def _insert(mode: str, people: Iterable[Change], now: datetime) -> set[str]:
    rows = list(people)
    if not rows:
        return set()
    parameters = {"mode": mode, "now": now, "people": database.recordset(rows)}
    return {name for (name,) in database.fetch(INSERT, parameters)}


def _update(mode: str, people: Iterable[Change], now: datetime) -> dict[str, UUID]:
    rows = list(people)
    if not rows:
        return {}
    parameters = {"mode": mode, "now": now, "people": database.recordset(rows)}
    return dict(database.fetch(UPDATE, parameters))


def _change(identity: UUID, person: Person) -> Change:
    return Change(
        id=identity,
        external_id=person.external_id,
        locale=person.locale,
        time_zone=person.time_zone,
        attributes=person.attributes,
    )


def _write_contacts(
    changes: Mapping[str, Person], stored: Mapping[str, Known], ids: Mapping[str, UUID]
) -> None:
    rows = [
        NewContact(id=new_id(), recipient=ids[name], channel=channel, address=address)
        for name, person in changes.items()
        for channel, address in sorted(person.addresses.items())
        if name not in stored or stored[name].addresses.get(channel) != address
    ]
    if rows:
        database.run(CONTACTS, {"contacts": database.recordset(rows)})
