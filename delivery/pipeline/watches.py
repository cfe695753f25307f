"""Entries that wait for a receipt, handled when their time has come: by the database alone.

Facts are read without a lock, the way is decided (watching), and what follows is written on the
condition that the entry and the delivery are still as they were read, so that a message that comes
twice, a late receipt, a cancel or a redrive finds, or leaves, nothing to be done.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, fields
from datetime import timedelta
from uuid import UUID

import msgspec

from delivery.accounts import accounts_of_all
from delivery.pipeline import record_sql, seen, set_aside, watch_sql
from delivery.pipeline.fall_rows import FallRow, MadeRow, fall_row, made_rows
from delivery.pipeline.fall_ways import way_of
from delivery.pipeline.literals import arrays, literal
from delivery.pipeline.plan import UNREAD
from delivery.pipeline.watching import Watched
from delivery.providers.account import Account
from notifications import fallbacks, status_sql
from notifications.patience import deadline_after
from notifications.states import Status
from signalbus.bus.received import Received
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.schemas import Statement, TenantWork, run_for_tenants

VERB = "fall_over"
ACTOR = "the policy"
NAMES = tuple(each.name for each in fields(Watched))


@dataclass(slots=True, kw_only=True)
class Falls:
    """What one tenant's deliveries are sent by instead."""

    tenant: TenantIdentity
    rows: list[FallRow] = field(default_factory=list)
    made: list[MadeRow] = field(default_factory=list)
    watched: dict[UUID, Watched] = field(default_factory=dict)


def handle(received: Sequence[Received]) -> None:
    """Take the other way where one is to be taken. Raises what a tenant's statement raised; then,
    as ever, the same messages may be given once more."""
    if not received:
        return
    messages = {each.envelope.entry: each for each in received}
    tenants = identity.by_ids({each.envelope.tenant for each in messages.values()})
    found = _facts(list(tenants.values()), list(messages.values()))
    accounts = accounts_of_all(list(tenants.values()))
    unread = tenants.keys() - accounts.keys()
    falls = [_falls(tenants[key], found[key], messages, accounts[key]) for key in accounts]
    falling = {entry for each in falls for entry in each.watched}
    rest = [each for each in messages.values() if each.envelope.entry not in falling]
    _write([each for each in falls if each.rows])
    set_aside.hold([(each, UNREAD) for each in rest if each.envelope.tenant in unread])
    set_aside.forget([each for each in rest if each.envelope.tenant not in unread])


def _facts(
    tenants: Sequence[TenantIdentity], received: Sequence[Received]
) -> dict[int, list[Watched]]:
    entries: dict[int, list[UUID]] = defaultdict(list)
    for each in received:
        entries[each.envelope.tenant].append(each.envelope.entry)
    answers = run_for_tenants(
        [
            TenantWork(tenant.schema, [(watch_sql.FACTS, {"ids": literal(entries[tenant.id])})])
            for tenant in tenants
        ]
    )
    found: dict[int, list[Watched]] = {}
    for tenant, answer in zip(tenants, answers, strict=True):
        if isinstance(answer, Exception):
            raise answer
        found[tenant.id] = [Watched(**dict(zip(NAMES, row, strict=True))) for row in answer[0]]
    return found


def _falls(
    tenant: TenantIdentity,
    found: Sequence[Watched],
    messages: Mapping[UUID, Received],
    accounts: Sequence[Account],
) -> Falls:
    falls = Falls(tenant=tenant)
    with in_tenant(tenant):
        for watched in found:
            if watched.generation == messages[watched.entry].envelope.generation:
                _decide(watched, accounts, falls)
    return falls


def _decide(watched: Watched, accounts: Sequence[Account], falls: Falls) -> None:
    way = way_of(watched, accounts, falls.tenant.default_locale)
    if way is None:
        return

    def patience(channel: str) -> timedelta:
        return deadline_after(watched.topic, channel, watched.lane)

    falls.watched[watched.entry] = watched
    falls.rows.append(fall_row(watched, way, patience))
    falls.made += made_rows(watched, way, patience)


def _write(falls: Sequence[Falls]) -> None:
    """One transaction for each tenant, all in one round trip."""
    answers = run_for_tenants([TenantWork(each.tenant.schema, _statements(each)) for each in falls])
    for each, answer in zip(falls, answers, strict=True):
        if isinstance(answer, Exception):
            raise answer
        _tell(each, {row[0] for row in answer[2]})


def _tell(falls: Falls, fallen: Set[UUID]) -> None:
    """Tell of the entries that were written: metrics, relays, and operators of their quotas."""
    again = [falls.watched[row.entries] for row in falls.rows if row.agains]
    made = [row for row in falls.made if row.watch in fallen]
    seen.fallen([watched for watched in again if watched.entry in fallen], made)
    counted = [row for row in made if row.status == Status.QUEUED]
    fallbacks.tell(falls.tenant, [(falls.watched[row.watch].mode, row.channel) for row in counted])


def _statements(falls: Falls) -> list[Statement]:
    given = {
        **arrays(falls.rows),
        "made": msgspec.json.encode(falls.made).decode(),
        "tenant": falls.tenant.id,
        "verb": VERB,
        "actor": ACTOR,
    }
    return [
        (record_sql.LOCK, {"ids": given["entries"]}),
        (record_sql.LOCK_DELIVERIES, {"ids": given["deliveries"]}),
        (watch_sql.FALL, given),
        *status_sql.statements(each.notification for each in falls.watched.values()),
    ]
