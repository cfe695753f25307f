"""From items that may go to calls: their account, their driver, and what they say."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from delivery.accounts import accounts_of_all
from delivery.breaker import Breaker, breakers
from delivery.pipeline import content, doubts, taken
from delivery.pipeline.fail_over import BREAKER, JITTER_SECONDS
from delivery.pipeline.gate import Hold
from delivery.pipeline.items import Call, Item, Planned
from delivery.pipeline.route import Blocked, Choices, Random, choices, route
from delivery.pipeline.set_aside import Aside, rendering_failed
from delivery.pipeline.stops import Stop
from delivery.pipeline.verdicts import NOBODY_KNOWS
from delivery.providers import registry
from delivery.providers.account import SIMULATOR, Account
from delivery.providers.base import Provider
from signalbus.bus import lines_sql
from signalbus.bus.purposes import Purpose
from signalbus.bus.visibility import visibility
from signalbus.core.ids import new_id
from templates_app import catalog
from templates_app.rendering import RenderError
from tenants.context import in_tenant

NO_ACCOUNT = Hold(delay=timedelta(minutes=1), reason=lines_sql.NO_ACCOUNT)
UNREAD = Hold(delay=timedelta(seconds=5), reason="busy")  # the tenant's accounts, for a moment
RENDER_SECONDS = 0.25  # of one tenant in one turn; what is left over has another turn
TURN_SECONDS = 2.0  # of all of them: claims in flight are prolonged between turns only

Accounts = dict[int, tuple[Account, ...]]
ChoicesKey = tuple[int, str, str, UUID | None]


@dataclass(slots=True, kw_only=True)
class Sends:
    """Sends with their driver; those that wait; the channels whose accounts are all left alone; and
    of those that wait, whose tenant has no account at all."""

    planned: list[Planned] = field(default_factory=list)
    held: list[tuple[Item, Hold]] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    lacking: list[Item] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Prepared:
    """Calls that are ready to be claimed; and what cannot go, or not in this turn."""

    calls: list[Call] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    deferred: list[Planned] = field(default_factory=list)


def accounts_for(items: Sequence[Item]) -> Accounts:
    """The accounts of all tenants that have an item; those that cannot be read are left out."""
    tenants = {item.tenant.id: item.tenant for item in items}
    return accounts_of_all(list(tenants.values()))


def readable(
    items: Sequence[Item], accounts: Accounts
) -> tuple[list[Item], list[tuple[Item, Hold]]]:
    """Those whose tenant's accounts are known, and the others, which wait for them."""
    known = [item for item in items if item.tenant.id in accounts]
    return known, [(item, UNREAD) for item in items if item.tenant.id not in accounts]


def plan_sends(items: Sequence[Item], accounts: Accounts, random: Random) -> Sends:
    """The sends routed. One round trip to Redis at most, unless an account is being tried again."""
    sends = Sends()
    known: dict[ChoicesKey, Choices] = {}
    keys = [_choices_key(item) for item in items]
    for key in dict.fromkeys(keys):
        tenant, mode, channel, wanted = key
        known[key] = choices(mode, channel, wanted, accounts[tenant])
    states = breakers().states({each.id for some in known.values() for each in some})
    for item, key in zip(items, keys, strict=True):
        _route(item, known[key], states, random, sends)
    return sends


def _route(
    item: Item, accounts: Choices, states: Mapping[UUID, Breaker], random: Random, sends: Sends
) -> None:
    if not accounts:
        sends.held.append((item, NO_ACCOUNT))
        if item.facts.wanted_account is None:
            sends.lacking.append(item)
        return
    way = route(item.facts, accounts, states, breakers().admit, random)
    if isinstance(way, Blocked):
        delay = timedelta(seconds=way.seconds + JITTER_SECONDS * random())
        sends.held.append((item, Hold(delay=delay, reason=BREAKER)))
        if item.facts.wanted_account is None:
            sends.stops.append(_stop(item, accounts, way))
    else:
        sends.planned.append(Planned(item=item, provider=registry.driver(way), choices=accounts))


def _stop(item: Item, accounts: Choices, way: Blocked) -> Stop:
    return Stop(
        tenant_id=item.tenant.id,
        channel=item.facts.channel,
        accounts=accounts,
        seconds=way.seconds,
    )


def _choices_key(item: Item) -> ChoicesKey:
    facts = item.facts
    return item.tenant.id, facts.mode, facts.channel, facts.wanted_account


def plan_questions(items: Sequence[Item], accounts: Accounts) -> list[Planned]:
    """Questions with the driver of the account that made the call; some need not be asked."""
    latest = doubts.latest_attempts(items) if items else {}
    planned = []
    for item in items:
        earlier = latest.get(item.facts.delivery)
        account = doubts.account_named(
            earlier.account_id if earlier else None, accounts[item.tenant.id]
        )
        provider = registry.driver(account or SIMULATOR)
        answer = earlier.outcome if earlier else None
        if answer is None and (earlier is None or account is None or not provider.reconciles):
            answer = NOBODY_KNOWS
        planned.append(Planned(item=item, provider=provider, earlier=earlier, answer=answer))
    return taken.mark(planned)


def prepare(admitted: Sequence[Planned]) -> Prepared:
    """Render what was admitted, each tenant within its time and all within the turn's.

    Tenants that had no time at all stand in front of what is deferred, so that all get theirs.
    """
    _prefetch(admitted)
    ends = time.monotonic() + TURN_SECONDS
    prepared, untouched = Prepared(), list[Planned]()
    for place, group in enumerate(_by_tenant(admitted)):
        if place and time.monotonic() > ends:
            untouched += group
            continue
        with in_tenant(group[0].item.tenant):
            _prepare_tenant(group, prepared)
    prepared.deferred[:0] = untouched
    return prepared


def _prefetch(admitted: Sequence[Planned]) -> None:
    versions: dict[str, set[UUID]] = defaultdict(set)
    for planned in admitted:
        if planned.item.facts.version is not None:
            versions[planned.item.tenant.schema].add(planned.item.facts.version)
    catalog.prefetch(versions)


def _by_tenant(admitted: Sequence[Planned]) -> list[list[Planned]]:
    groups: dict[int, list[Planned]] = defaultdict(list)
    for planned in admitted:
        groups[planned.item.tenant.id].append(planned)
    return list(groups.values())


def _prepare_tenant(group: Sequence[Planned], prepared: Prepared) -> None:
    ends = time.monotonic() + RENDER_SECONDS
    for place, planned in enumerate(group):
        if place and time.monotonic() > ends:
            prepared.deferred += group[place:]
            return
        try:
            prepared.calls.append(_call(planned))
        except RenderError as error:
            prepared.asides.append(rendering_failed(planned.item, error))


def _call(planned: Planned) -> Call:
    item, earlier = planned.item, planned.earlier
    attempt = earlier.id if earlier else new_id()
    number = earlier.number if earlier else item.facts.attempts + 1
    began = earlier.started_at if earlier else None
    message = content.message_of(
        item, content.render(item), planned.account, attempt, number, began
    )
    return Call(
        item=item,
        account=planned.account,
        attempt=attempt,
        number=number,
        message=replace(message, taken=planned.taken) if planned.taken else message,
        visible_for=visibility(item.stream),
        reconciles=item.facts.purpose == Purpose.RECONCILE,
        can_ask=planned.provider.reconciles and planned.answer is None,
        began=began,
        answer=planned.answer,
        choices=planned.choices,
    )


def by_account(calls: Sequence[Call]) -> Iterator[tuple[Provider, list[Call]]]:
    """Calls grouped by account, each group with its driver."""
    groups: dict[object, list[Call]] = defaultdict(list)
    for call in calls:
        assert call.account is not None, "A call that is made has an account."
        groups[call.account.id].append(call)
    for group in groups.values():
        account = group[0].account
        assert account is not None
        yield registry.driver(account), group
