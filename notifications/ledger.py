"""What one transaction takes from the quotas of a tenant, or of a key."""

from collections import Counter
from functools import partial
from uuid import UUID

from django.db import transaction

from notifications import notices, quotas
from notifications.models import Notice
from notifications.noticed import SIGNALBUS, Kind, Severity
from notifications.quotas import Shortage
from notifications.values import Value
from signalbus.core.timed_cache import TimedCache
from tenants.identity import KeyIdentity, TenantIdentity
from tenants.limits import Quota, Subject
from tenants.models import Mode
from tenants.standing import Counts, Standing

SECONDS_TOLD = 60.0

_told: TimedCache[tuple[object, ...], bool] = TimedCache(seconds=SECONDS_TOLD, size=10_000)


class Holder(Value, frozen=True, kw_only=True):
    """Whose quotas they are. `title` and `mark` tell it apart in notices and their subjects."""

    whose: Subject
    tenant: int
    key: UUID | None
    quotas: tuple[Quota, ...]
    title: str = ""
    mark: str = ""


def of_tenant(tenant: TenantIdentity, mode: str) -> Holder:
    """The tenant itself; test mode is told apart."""
    return Holder(
        whose=Subject.TENANT,
        tenant=tenant.id,
        key=None,
        quotas=tenant.limits.quotas,
        title="" if mode == Mode.LIVE else f" of {mode} mode",
        mark="" if mode == Mode.LIVE else f".{mode}",
    )


def of_key(key: KeyIdentity) -> Holder:
    """A key, recognised by its name and the part of it that is not secret."""
    return Holder(
        whose=Subject.KEY,
        tenant=key.tenant.id,
        key=key.id,
        quotas=key.limits.quotas,
        title=f" of the key {key.name} ({key.prefix}…)",
        mark=f".{key.prefix}",
    )


class Ledger:
    """What is added for one holder, and what did not fit."""

    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        self.added: Counter[str] = Counter()
        self.over: set[Quota] = set()
        self._ahead: Counter[str] = Counter()

    def begin(self) -> None:
        """Forget what was reserved and then not written."""
        self._ahead.clear()

    def reserve(self, need: Counts) -> None:
        """Take note of what is to be written, if nothing else refuses it."""
        self._ahead.update(need)

    def shortages(self, standing: Standing, need: Counts) -> list[Shortage]:
        """The quotas that have no room for this."""
        added = self.added + self._ahead
        short = quotas.shortages(self.holder.whose, self.holder.quotas, standing, added, need)
        self.over.update(each.quota for each in short)
        return short

    def tell(self, before: Standing) -> None:
        """Tell the operators of quotas that came to their ends with what was added since."""
        for quota in self.holder.quotas:
            used = before.of(quota)
            self._tell(quota, used, used + self.added[quota.channel], before)

    def tell_of_counted(self, after: Standing) -> None:
        """The same where what was added is in the standing already."""
        for quota in self.holder.quotas:
            used = after.of(quota)
            self._tell(quota, used - self.added[quota.channel], used, after)

    def tell_refused(self, standing: Standing) -> None:
        """Tell of quotas that a batch did not fit, though less than all of them may be used."""
        for quota in self.over:
            if quota.limit:
                share = quotas.reached(quota.limit, standing.of(quota))
                told = quotas.told_of_refusal(quota, self.holder.title, share, standing.now)
                self._notice(quota, share, told)

    def correct(self, notice: Notice, standing: Standing) -> None:
        """Let an open notice of the holder's say what is so; lift it where there is nothing to say.

        That a batch was refused stays said as long as the limit and its day or month are the same.
        """
        name, _, _ = notice.subject.partition(".")
        quota = next((each for each in self.holder.quotas if each.name == name), None)
        share = quotas.reached(quota.limit, standing.of(quota)) if quota else 0.0
        if not quota or not quota.limit:
            notices.lift(Kind.QUOTA, notice.subject, SIGNALBUS)
        elif notice.text != quotas.told_of_refusal(quota, self.holder.title, share, standing.now):
            self._put_right(notice, quota, share, standing)

    def _put_right(self, notice: Notice, quota: Quota, share: float, standing: Standing) -> None:
        if share:
            told = quotas.told(quota, self.holder.title, share, standing.now)
            notices.open_notice(Kind.QUOTA, notice.subject, _severity(share), told)
        else:
            notices.lift(Kind.QUOTA, notice.subject, SIGNALBUS)

    def _tell(self, quota: Quota, before: int, now: int, standing: Standing) -> None:
        if now and not before:
            notices.lift(Kind.QUOTA, self._subject(quota), SIGNALBUS)
        share = quotas.reached(quota.limit, now)
        is_news = share > quotas.reached(quota.limit, before) or quota in self.over
        if share and is_news:
            told = quotas.told(quota, self.holder.title, share, standing.now)
            self._notice(quota, share, told)

    def _notice(self, quota: Quota, share: float, text: str) -> None:
        mark = (self.holder.tenant, self._subject(quota), text)
        if _told.peek(mark) is None:
            notices.open_notice(Kind.QUOTA, self._subject(quota), _severity(share), text)
            transaction.on_commit(partial(_told.put, mark, True))

    def _subject(self, quota: Quota) -> str:
        return f"{quota.name}{self.holder.mark}"


def _severity(share: float) -> Severity:
    return Severity.STOPPED if share == 1 else Severity.WARNING
