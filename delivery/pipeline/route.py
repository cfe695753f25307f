"""Which account sends a delivery. Pure: breakers' states and chance come in as values."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from delivery.breaker_rule import State
from delivery.errors import ErrorClass
from delivery.providers.account import SIMULATOR, Account
from signalbus.core.modes import TEST

if TYPE_CHECKING:
    from delivery.breaker import Breaker
    from delivery.pipeline.items import Facts

# Until a half open account is looked at again, while the few that may try it are under way.
PROBING_SECONDS = 1.0

Random = Callable[[], float]
Choices = tuple[Account, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """None of the accounts may be used for so many seconds."""

    seconds: float


def choices(mode: str, channel: str, wanted: UUID | None, accounts: Iterable[Account]) -> Choices:
    """The accounts that may send it, in order: the tenant's own, then those it inherits.

    In test mode it is always the simulator's; of a delivery that wants one, none but that.
    """
    if mode == TEST:
        return (SIMULATOR,)
    usable = [each for each in accounts if each.enabled and each.channel == channel]
    if wanted is not None:
        return tuple(each for each in usable if each.id == wanted)
    return tuple(sorted(usable, key=_rank))


def route(
    facts: "Facts",
    accounts: Choices,
    breakers: Mapping[UUID, "Breaker"],
    admit: Callable[[UUID], bool],
    random: Random,
) -> Account | Blocked:
    """The first of the accounts, which have to be some, that may be used now.

    `admit` gives a permit for a half open one; `random` numbers from 0 to below 1.
    """
    preference = accounts if len(accounts) == 1 else _preference(facts, accounts, random)
    for account in preference:
        state = breakers[account.id].state
        if state is State.CLOSED or (state is State.HALF_OPEN and admit(account.id)):
            return account
    return Blocked(seconds=min(_seconds(breakers[each.id]) for each in accounts))


def _preference(facts: "Facts", accounts: Choices, random: Random) -> Iterator[Account]:
    """The accounts as this delivery would have them: one may come twice.

    The one whose limit has given it its moment, or that may have sent it, which knows its key;
    the next one after a fault, or after an acceptance that no receipt followed; else by position,
    and by lot among equals.
    """
    yield from (each for each in accounts if each.id == facts.reserved_account)
    if _stays(facts):
        yield from (each for each in accounts if each.id == facts.account)
    if facts.error_class == ErrorClass.PROVIDER_DOWN or (facts.fell_over and not facts.error_class):
        yield from _after(facts.account, accounts)
    for rank in sorted({_rank(each) for each in accounts}):
        yield from _by_lot([each for each in accounts if _rank(each) == rank], random)


def _stays(facts: "Facts") -> bool:
    """Whether it is tried again by the account last used: that may have it, or it took over from
    one that has."""
    if facts.error_class == ErrorClass.UNKNOWN_OUTCOME:
        return True
    return facts.fell_over and facts.error_class not in ("", ErrorClass.PROVIDER_DOWN)


def _after(last: UUID | None, accounts: Choices) -> Sequence[Account]:
    """All of them round, beginning behind the last one used; nothing where it is gone."""
    behind = next((place for place, each in enumerate(accounts, 1) if each.id == last), None)
    return () if behind is None else (*accounts[behind:], *accounts[:behind])


def _by_lot(accounts: list[Account], random: Random) -> Iterator[Account]:
    """By weighted lots; drawn only as far as they are asked for."""
    while accounts:
        drawn = random() * sum(each.weight for each in accounts)
        for account in accounts:
            drawn -= account.weight
            if drawn < 0:
                break
        accounts.remove(account)
        yield account


def _rank(account: Account) -> tuple[bool, int]:
    return account.inherited, account.position


def _seconds(breaker: "Breaker") -> float:
    return breaker.opens_again_in if breaker.state is State.OPEN else PROBING_SECONDS
