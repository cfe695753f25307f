"""What one transaction accepts, held against its tenant's quotas and rates, and counted."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from uuid import UUID

from django.db import transaction

from notifications import minutes, notices, quotas, usage
from notifications.noticed import SIGNALBUS, Kind, Severity
from notifications.planning import Plan
from notifications.quotas import Standing
from notifications.values import Refused, Result
from signalbus.core.metrics import HTTP_RATE_LIMIT_REJECTIONS, RATELIMIT_DECISIONS
from signalbus.core.timed_cache import TimedCache
from tenants.identity import TenantIdentity
from tenants.limits import ALL_CHANNELS, Quota
from tenants.models import Mode

SECONDS_TOLD = 60.0

_told: TimedCache[tuple[object, ...], bool] = TimedCache(seconds=SECONDS_TOLD, size=10_000)


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

    A tenant without quotas pays for one statement: what it uses is known all the same.
    """

    def __init__(self, tenant: TenantIdentity, mode: str, *, whole: bool) -> None:
        self._tenant = tenant
        self._mode = mode
        self._whole = whole
        self._quotas = tenant.limits.quotas
        self._added: Counter[str] = Counter()
        self._over: set[Quota] = set()
        self._read: Standing | None = None

    def prepare(self) -> None:
        """Lock at once, where there are quotas: the end of a savepoint would undo the lock."""
        if self._quotas:
            self._standing()

    def admit(self, plans: Sequence[Plan], results: dict[UUID, Result]) -> Sequence[Plan]:
        """The plans that quotas and rates have room for, in order; the others get their refusals.

        Raises OverdrawnError where the plans are to be accepted or refused as a whole.
        """
        if not plans or not (self._quotas or self._tenant.limits.channels):
            return plans
        if not self._whole:
            return self._in_time(self._one_by_one(plans, results), results)
        refused = self._refusal(plans, self._added) or self._too_fast(plans)
        if refused is not None:
            raise OverdrawnError(refused, self._tell_refused)
        return plans

    def add(self, plans: Sequence[Plan]) -> None:
        """Take note of what was written."""
        self._added.update(need_of(plans))

    def write(self) -> None:
        """Count what was noted, and tell the operators of quotas that come to their ends."""
        standing = self._read
        usage.add(self._mode, self._added, standing.now.date() if standing else None)
        if standing is not None:
            self._tell(standing)

    def _one_by_one(self, plans: Sequence[Plan], results: dict[UUID, Result]) -> list[Plan]:
        admitted: list[Plan] = []
        ahead = Counter(self._added)
        for plan in plans:
            refused = self._refusal([plan], ahead)
            if refused is None:
                admitted.append(plan)
                ahead.update(need_of([plan]))
            else:
                results[plan.asked.id] = refused
        return admitted

    def _in_time(self, plans: list[Plan], results: dict[UUID, Result]) -> list[Plan]:
        """Those that the channels' minutes let pass: all at once, or else one after the other."""
        if self._too_fast(plans) is None:
            return plans
        refused = {plan.asked.id: self._too_fast([plan]) for plan in plans}
        results.update((asked, each) for asked, each in refused.items() if each)
        return [plan for plan in plans if refused[plan.asked.id] is None]

    def _too_fast(self, plans: Sequence[Plan]) -> Refused | None:
        return minutes.refusal(self._tenant, self._mode, need_of(plans))

    def _refusal(self, plans: Sequence[Plan], added: Counter[str]) -> Refused | None:
        if not self._quotas:
            return None
        need, standing = need_of(plans), self._standing()
        over = quotas.exceeded(self._quotas, standing, added, need)
        RATELIMIT_DECISIONS.labels("quota", "refused" if over else "allowed").inc()
        if not over:
            return None
        self._over.update(over)
        HTTP_RATE_LIMIT_REJECTIONS.labels("quota").inc()
        return quotas.refusal(over, standing, added, need)

    def _standing(self) -> Standing:
        """Read once, after the lock, so that nobody else counts until the COMMIT."""
        if self._read is None:
            usage.lock(self._tenant.id, self._mode)
            self._read = usage.read(self._mode)
        return self._read

    def _tell(self, standing: Standing) -> None:
        for quota in self._quotas:
            before = standing.of(quota)
            now = before + self._added[quota.channel]
            if now and not before:
                notices.lift(Kind.QUOTA, self._subject(quota), SIGNALBUS)
            share = quotas.reached(quota.limit, now)
            is_news = share > quotas.reached(quota.limit, before) or quota in self._over
            if share and is_news:
                self._notice(quota, share, quotas.told(quota, share, standing.now))

    def _tell_refused(self) -> None:
        """Tell of quotas that a batch did not fit, though less than all of them may be used."""
        if not self._over:
            return
        standing = self._standing()
        with transaction.atomic():
            for quota in self._over:
                if quota.limit:
                    share = quotas.reached(quota.limit, standing.of(quota))
                    self._notice(quota, share, quotas.told_of_refusal(quota, share, standing.now))

    def _notice(self, quota: Quota, share: float, text: str) -> None:
        mark = (self._tenant.id, self._mode, text)
        if _told.peek(mark) is None:
            severity = Severity.STOPPED if share == 1 else Severity.WARNING
            notices.open_notice(Kind.QUOTA, self._subject(quota), severity, text)
            transaction.on_commit(partial(_told.put, mark, True))

    def _subject(self, quota: Quota) -> str:
        """What the notice is about; test mode is told apart."""
        return quota.name if self._mode == Mode.LIVE else f"{quota.name}.{self._mode}"


def need_of(plans: Iterable[Plan]) -> Counter[str]:
    """What plans count for: each delivery that is not skipped, and each notification with one."""
    need: Counter[str] = Counter()
    for plan in plans:
        channels = [each.channel for each in plan.decisions if not each.skip]
        need.update([*channels, ALL_CHANNELS] if channels else [])
    return need
