"""Whether an account has anything by which its provider could prove itself."""

from delivery.providers.account import Account
from delivery.providers.kinds import Hook
from delivery.receipts.readers.base import unproven

MOST_DIGITS = 12


def require(account: Account, hook: Hook, *, inbound: bool) -> None:
    """Raise Problem, saying what to set, where nothing of the account could prove a request."""
    if account.problem:
        raise unproven(account.problem)
    wanted = hook.inbound_proofs if inbound else hook.proofs
    if not wanted:
        raise unproven(f"Signalbus takes no inbound messages from accounts of {account.kind}.")
    if not any(given(account, name) for name in wanted):
        raise unproven(_advice(account, wanted))


def given(account: Account, name: str) -> str:
    """A credential or an option of the account, empty where it has none."""
    return str(account.credentials.get(name) or account.options.get(name) or "")


def seconds(moment: str) -> int | None:
    """A signed moment in seconds since 1970, if that is what it is."""
    is_number = moment.isascii() and moment.isdecimal() and len(moment) <= MOST_DIGITS
    return int(moment) if is_number else None


def _advice(account: Account, wanted: tuple[str, ...]) -> str:
    names = " or ".join(f"`{name}`" for name in wanted)
    return (
        f"The account {account.name!r} has nothing to check this request by: give it {names}, and "
        f"configure the same at the provider. Requests that prove nothing are never taken."
    )
