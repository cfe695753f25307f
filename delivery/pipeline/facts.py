"""What the pipeline has to know of each delivery: all tenants' facts in one round trip."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields

from delivery import topic_rules
from delivery.pipeline.items import Facts, Item
from delivery.pipeline.literals import literal
from delivery.topics import COMMON, ByTopic
from notifications.states import Status
from signalbus.bus import outbox_sql
from signalbus.bus.received import Received
from signalbus.core.logs import get_logger
from tenants import identity
from tenants.identity import TenantIdentity
from tenants.schemas import Statement, TenantWork, run_for_tenants

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
    recipient.attributes, coalesce(suppression.reason, ''), suppression.since,
    entry.generation, coalesce(entry.purpose, ''), entry.claim, entry.claim_account,
    entry.claim_sender, entry.claimed_at, entry.available_at, entry.reserved_account,
    entry.reserved_at, coalesce(entry.tries, 0),
    coalesce(entry.crashes, 0), coalesce(entry.reason, ''), clock_timestamp()
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
    SELECT reason, created_at AS since FROM {{schema}}.notifications_suppression
    WHERE mode = delivery.mode AND channel = delivery.channel
        AND address = lower(delivery.address) AND (expires_at IS NULL OR expires_at > now())
    LIMIT 1
) suppression ON true
LEFT JOIN LATERAL (
    SELECT status FROM {{schema}}.notifications_delivery other
    WHERE delivery.fallback_of IS NOT NULL AND other.notification_id = delivery.notification_id
        AND other.status = '{Status.DELIVERED}' LIMIT 1
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
    known = {tenant.id: topic_rules.kept(tenant.id) for tenant in tenants.values()}
    facts, rules = _facts(tenants, received, known)
    for message in received:
        tenant = tenants.get(message.envelope.tenant)
        found = facts.get(message.envelope.entry)
        if tenant is None or found is None:
            gathered.orphans.append(message)
        else:
            asked = rules[tenant.id].get(found.topic, COMMON)
            gathered.items.append(Item(received=message, tenant=tenant, facts=found, rules=asked))
    return gathered


def _tenants(ids: Collection[int]) -> dict[int, TenantIdentity]:
    found = identity.by_ids(ids)
    for tenant_id in set(ids) - set(found):
        log.warning("pipeline.unknown_tenant", tenant_id=tenant_id)
    return found


def _facts(
    tenants: dict[int, TenantIdentity],
    received: Sequence[Received],
    known: dict[int, ByTopic | None],
) -> tuple[dict[object, Facts], dict[int, ByTopic]]:
    """Facts by entry, and each tenant's topics' rules, which are read along where not known."""
    entries: dict[int, list[object]] = {tenant_id: [] for tenant_id in tenants}
    for message in received:
        if message.envelope.tenant in entries:
            entries[message.envelope.tenant].append(message.envelope.entry)
    found: dict[object, Facts] = {}
    rules = {key: each for key, each in known.items() if each is not None}
    answers = run_for_tenants(
        [
            TenantWork(tenant.schema, _statements(entries[key], rules.get(key)))
            for key, tenant in tenants.items()
        ]
    )
    for tenant_id, answer in zip(tenants, answers, strict=True):
        if isinstance(answer, Exception):
            raise answer
        for row in answer[0]:
            facts = Facts(**dict(zip(NAMES, row, strict=True)))
            found[facts.delivery] = facts
        if tenant_id not in rules:
            rules[tenant_id] = topic_rules.keep(tenant_id, answer[1])
    return found, rules


def _statements(entries: Sequence[object], rules: ByTopic | None) -> list[Statement]:
    asked: list[Statement] = [(FACTS, {"ids": literal(entries)})]
    return asked if rules is not None else [*asked, (topic_rules.UNCOMMON, {})]
