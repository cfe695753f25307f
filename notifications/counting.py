"""What one transaction accepts, held against the limits of its tenant and keys, and counted."""

from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from notifications import ledger, minutes, quotas, usage
from notifications.askers import NOBODY, Askers
from notifications.ledger import Ledger
from notifications.needs import need_of, needs_of_keys
from notifications.planning import Plan
from notifications.values import Refused, Result
from signalbus.core.metrics import HTTP_RATE_LIMIT_REJECTIONS, RATELIMIT_DECISIONS
from tenants.identity import TenantIdentity
from tenants.standing import Standing

_refusals = HTTP_RATE_LIMIT_REJECTIONS.labels("quota")  # told from zero on, for its alarm
Needs = list[tuple[Ledger, Counter[str]]]


class OverdrawnError(Exception):
    """A batch that does not fit as a whole; the transaction it is raised in is to be undone.

    Whoever undid it is to call `tell`, which opens the notices in a transaction of their own.
    """

    def __init__(self, refused: Refused, tell: Callable[[], None]) -> None:
        super().__init__(refused.detail)
        self.refused = refused
        self.tell = tell


class Counting:
    """Counts for one transaction. `whole` refuses everything where not everything fits.

    A tenant without quotas pays for one statement: what it uses is known all the same. Of keys
    only those with quotas of their own are counted, by the statements that count the tenant.
    """

    def __init__(
        self, tenant: TenantIdentity, mode: str, *, whole: bool, askers: Askers = NOBODY
    ) -> None:
        self._tenant = tenant
        self._mode = mode
        self._whole = whole
        self._askers = askers
        self._own = Ledger(ledger.of_tenant(tenant, mode))
        limited = {key.id: key for key in askers.values() if key.limits.quotas}
        self._of_keys = {key: Ledger(ledger.of_key(each)) for key, each in limited.items()}
        self._read: dict[UUID | None, Standing] | None = None

    def prepare(self) -> None:
        """Lock at once, where there are quotas: the end of a savepoint would undo the lock."""
        if self._has_quotas:
            self._standings()

    def admit(self, plans: Sequence[Plan], results: dict[UUID, Result]) -> Sequence[Plan]:
        """The plans that quotas and rates have room for, in order; the others get their refusals.

        Raises OverdrawnError where the plans are to be accepted or refused as a whole.
        """
        if not plans or not (self._askers or self._tenant.limits.count_deliveries):
            return plans
        for each in self._ledgers:
            each.begin()
        if not self._whole:
            return self._in_time(self._one_by_one(plans, results), results)
        refused = self._refusal(self._needs(plans)) or self._too_fast(plans)
        if refused is not None:
            raise OverdrawnError(refused, self._tell_refused)
        return plans

    def add(self, plans: Sequence[Plan]) -> None:
        """Take note of what was written."""
        for each, need in self._needs(plans):
            each.added.update(need)

    def write(self) -> None:
        """Count what was noted, and tell the operators of quotas that come to their ends."""
        standings = self._read
        day = standings[None].now.date() if standings else None
        of_keys = {key: each.added for key, each in self._of_keys.items() if each.added}
        usage.add(self._mode, self._own.added, day, of_keys)
        if standings is not None:
            for each in self._ledgers:
                each.tell(standings[each.holder.key])

    @property
    def _has_quotas(self) -> bool:
        return bool(self._own.holder.quotas or self._of_keys)

    @property
    def _ledgers(self) -> list[Ledger]:
        return [self._own, *self._of_keys.values()]

    def _needs(self, plans: Sequence[Plan]) -> Needs:
        """What plans count for: of the tenant's, and of each key's that asked for some of them."""
        needs = [(self._own, need_of(plans))]
        if self._of_keys:
            asked = needs_of_keys(plans, self._askers)
            needs += [(self._of_keys[k.id], own) for k, own in asked if k.id in self._of_keys]
        return needs

    def _one_by_one(self, plans: Sequence[Plan], results: dict[UUID, Result]) -> Sequence[Plan]:
        if not self._has_quotas:
            return plans
        admitted: list[Plan] = []
        for plan in plans:
            needs = self._needs([plan])
            refused = self._refusal(needs)
            if refused is not None:
                results[plan.asked.id] = refused
                continue
            admitted.append(plan)
            for each, need in needs:
                each.reserve(need)
        return admitted

    def _in_time(self, plans: Sequence[Plan], results: dict[UUID, Result]) -> Sequence[Plan]:
        """Those that the channels' minutes let pass: all at once, or else one after the other."""
        if self._too_fast(plans) is None:
            return plans
        refused = {plan.asked.id: self._too_fast([plan]) for plan in plans}
        results.update((asked, each) for asked, each in refused.items() if each)
        return [plan for plan in plans if refused[plan.asked.id] is None]

    def _too_fast(self, plans: Sequence[Plan]) -> Refused | None:
        asked = minutes.of_tenant(self._tenant, self._mode, need_of(plans))
        if self._askers:
            for key, need in needs_of_keys(plans, self._askers):
                asked += minutes.of_key(key, need)
        return minutes.refusal(asked)

    def _refusal(self, needs: Needs) -> Refused | None:
        if not self._has_quotas:
            return None
        standings = self._standings()
        short = [
            shortage
            for each, need in needs
            for shortage in each.shortages(standings[each.holder.key], need)
        ]
        RATELIMIT_DECISIONS.labels("quota", "refused" if short else "allowed").inc()
        if not short:
            return None
        _refusals.inc()
        return quotas.refusal(short, standings[None].now)

    def _standings(self) -> dict[UUID | None, Standing]:
        """Read once, after the lock, so that nobody else counts until the COMMIT."""
        if self._read is None:
            usage.lock(self._tenant.id, self._mode)
            self._read = usage.read(self._mode, self._of_keys)
        return self._read

    def _tell_refused(self) -> None:
        standings = self._standings()
        with transaction.atomic():
            for each in self._ledgers:
                each.tell_refused(standings[each.holder.key])
