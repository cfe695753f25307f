"""What the pipeline has to know of each delivery: all tenants' facts in one round trip."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields

from delivery.pipeline.items import Facts, Item
from delivery.pipeline.literals import literal
from notifications.states import Status
from signalbus.bus import outbox_sql
from signalbus.bus.received import Received
from signalbus.core.logs import get_logger
from tenants import identity
from tenants.identity import TenantIdentity
from tenants.schemas import TenantWork, run_for_tenants

log = get_logger(__name__)

NAMES = tuple(field.name for field in fields(Facts))

# In the order of the fields of Facts. Each LATERAL with its LIMIT is one look into an index,
# whatever the planner believes about tables that fill and empty within a minute.
FACTS = f"""
SELECT delivery.id, delivery.notification_id, delivery.mode, delivery.channel, delivery.lane,
    delivery.status, delivery.address, delivery.template_version_id, delivery.locale,
    delivery.deadline, notification.expires_at, delivery.attempts, delivery.redrives,
    delivery.possibly_repeated, delivery.account_id, delivery.wanted_account,
    delivery.error_class, delivery.fell_over, overtaking.status IS NOT NULL, notification.topic,
    notification.data, notification.content, notification.correlation_id,
    greatest(delivery.created_at, notification.send_at),
    notification.recipient_id, notification.recipient_ref, recipient.locale, recipient.time_zone,
    recipient.attributes, coalesce(suppression.reason, ''),
    entry.generation, coalesce(entry.purpose, ''), entry.claim, entry.claim_account,
    entry.claim_sender, entry.claimed_at, entry.available_at, entry.reserved_account,
    entry.reserved_at, coalesce(entry.tries, 0),
    coalesce(entry.crashes, 0), clock_timestamp()
FROM {{schema}}.notifications_delivery delivery
CROSS JOIN LATERAL (
    SELECT * FROM {{schema}}.notifications_notification
    WHERE id = delivery.notification_id LIMIT 1
) notification
LEFT JOIN LATERAL (
    SELECT * FROM {{schema}}.notifications_recipient
    WHERE id = notification.recipient_id LIMIT 1
) recipient ON true
LEFT JOIN LATERAL (
    SELECT reason FROM {{schema}}.notifications_suppression
    WHERE mode = delivery.mode AND channel = delivery.channel
        AND address = lower(delivery.address) AND (expires_at IS NULL OR expires_at > now())
    LIMIT 1
) suppression ON true
LEFT JOIN LATERAL (
    SELECT status FROM {{schema}}.notifications_delivery earlier
    WHERE earlier.id = delivery.fallback_of AND earlier.status = '{Status.DELIVERED}' LIMIT 1
) overtaking ON true
LEFT JOIN LATERAL (
    SELECT * FROM {outbox_sql.ENTRIES} WHERE id = delivery.id LIMIT 1
) entry ON true
WHERE delivery.id = ANY(%(ids)s::uuid[])
"""  # noqa: S608 - a constant


@dataclass(slots=True)
class Gathered:
    """Items in the order they came; and what has no delivery, or no tenant, any more."""

    items: list[Item] = field(default_factory=list)
    orphans: list[Received] = field(default_factory=list)


def gather(received: Sequence[Received]) -> Gathered:
    """The facts of what was received. Raises what a tenant's statement raised."""
    gathered = Gathered()
    tenants = _tenants({message.envelope.tenant for message in received})
    facts = _facts(tenants, received)
    for message in received:
        tenant = tenants.get(message.envelope.tenant)
        known = facts.get(message.envelope.entry)
        if tenant is None or known is None:
            gathered.orphans.append(message)
        else:
            gathered.items.append(Item(received=message, tenant=tenant, facts=known))
    return gathered


def _tenants(ids: Collection[int]) -> dict[int, TenantIdentity]:
    found = identity.by_ids(ids)
    for tenant_id in set(ids) - set(found):
        log.warning("pipeline.unknown_tenant", tenant_id=tenant_id)
    return found


def _facts(tenants: dict[int, TenantIdentity], received: Sequence[Received]) -> dict[object, Facts]:
    entries: dict[int, list[object]] = {tenant_id: [] for tenant_id in tenants}
    for message in received:
        if message.envelope.tenant in entries:
            entries[message.envelope.tenant].append(message.envelope.entry)
    answers = run_for_tenants(
        [
            TenantWork(tenants[tenant_id].schema, [(FACTS, {"ids": literal(ids)})])
            for tenant_id, ids in entries.items()
        ]
    )
    found: dict[object, Facts] = {}
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
        for row in answer[0]:
            facts = Facts(**dict(zip(NAMES, row, strict=True)))
            found[facts.delivery] = facts
    return found
