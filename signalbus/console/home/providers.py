"""How the provider accounts are: their breakers, and what became of their calls."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from delivery.admin import account_breaker
from delivery.breaker_rule import State
from delivery.inherited import inherited_by
from delivery.models import Attempt, ProviderAccount
from signalbus.console.home.panels import percent
from signalbus.core.ids import lowest_id_at
from signalbus.panels.words import label
from tenants.identity import TenantIdentity

MOST_SHOWN = 20
HOUR = timedelta(hours=1)
MOST_CALLS = 2_000  # the newest ones that are looked at, so that an hour of very many is quick too
ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """An account; `link` is empty of the platform's own."""

    account: Any
    link: str
    state: str
    calls: int
    accepted: int

    @property
    def success(self) -> str:
        """The share of its calls that the provider took."""
        return percent(self.accepted / self.calls) if self.calls else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """All accounts; `is_part`: of the last hour's calls only the newest were looked at."""

    rows: Sequence[Health]
    is_part: bool
    most: int = MOST_CALLS


def providers(tenant: TenantIdentity) -> Providers:
    """The tenant's own accounts, then those it inherits; three statements, and Redis once."""
    accounts = [*ProviderAccount.objects.all()[:MOST_SHOWN], *inherited_by(tenant)[:MOST_SHOWN]]
    account_breaker.fetch(accounts)
    calls = _calls()
    return Providers(
        rows=[_health(account, calls) for account in accounts],
        is_part=calls.total() >= MOST_CALLS,
    )


def _calls() -> Counter[tuple[UUID | None, bool]]:
    """How many calls of the last hour each account took, or did not."""
    newest = (
        Attempt.objects.filter(id__gte=lowest_id_at(timezone.now() - HOUR))
        .order_by("-id")
        .values_list("account_id", "outcome")[:MOST_CALLS]
    )
    return Counter((account, outcome == ACCEPTED) for account, outcome in newest)


def _state(account: Any) -> str:
    """Whether it may be used; a breaker that is closed is not worth a word."""
    if not account.enabled:
        return label("disabled")
    breaker = account_breaker.breaker_of(account)
    if breaker is not None and breaker.state is State.CLOSED:
        return label("enabled")
    return format_html("breaker {}", account_breaker.shown(account))


def _health(account: Any, calls: Mapping[tuple[UUID | None, bool], int]) -> Health:
    accepted = calls[account.id, True]
    own = isinstance(account, ProviderAccount)
    return Health(
        account=account,
        link=reverse("admin:delivery_provideraccount_change", args=[account.id]) if own else "",
        state=_state(account),
        calls=accepted + calls[account.id, False],
        accepted=accepted,
    )
