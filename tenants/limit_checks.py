"""What is wrong with limits that somebody wants to set, in sentences. Pure."""

from collections.abc import Mapping
from typing import Any

from signalbus.core.env import as_pairs
from signalbus.core.errors import SignalbusError
from tenants.limits import LIMITS, NONE, Limits, Numbers, Subject, figures, names_of, of_key

OFF = "off"  # how settings and commands write that there is no limit
LARGEST = 10**12


class LimitsError(SignalbusError):
    """Limits that cannot be set: `faults` are sentences by the limits' names."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = dict(faults)


def check_tenant(wish: Any) -> None:
    """Raise LimitsError where a tenant cannot have these limits."""
    _refuse(wrong(wish, Subject.TENANT))


def check_key(wish: Any, tenant: Limits, own: Limits = NONE) -> None:
    """Raise LimitsError where a key cannot have these limits.

    They are compared with its tenant's, and with the `own` ones of the key that asks.
    """
    _refuse(wrong(wish, Subject.KEY))
    _refuse(beyond(wish, tenant) | beyond_own(wish, own))
    if wish.get("requests_burst") and not wish.get("requests_per_second"):
        raise LimitsError({"requests_burst": "It needs requests_per_second beside it."})


def _refuse(faults: Mapping[str, str]) -> None:
    if faults:
        raise LimitsError(faults)


def wrong(wish: Any, subject: Subject) -> dict[str, str]:
    """What is wrong with limits somebody wants to set: name → sentence; nothing if all is well.

    The name is empty where it is no object at all.
    """
    if not isinstance(wish, Mapping):
        return {"": "An object is expected: the names of limits with their numbers."}
    found = {str(name): _fault(str(name), number, subject) for name, number in wish.items()}
    return {name: fault for name, fault in found.items() if fault}


def parsed(text: str) -> dict[str, int | None]:
    """An installation's own numbers, `name=number` with commas; `off` is no limit.

    Raises ValueError naming all that are wrong.
    """
    numbers = {name: number_of(value) for name, value in as_pairs(text).items()}
    faults = {name: _fault(name, number) for name, number in numbers.items()}
    told = [f"{name}: {fault}" for name, fault in faults.items() if fault]
    if told:
        raise ValueError(" ".join(told))
    return {name: number for name, number in numbers.items() if not isinstance(number, str)}


def beyond(wish: Numbers, tenant: Limits) -> dict[str, str]:
    """Which limits of a key would allow more than its tenant's: name → sentence."""
    most = figures(tenant)
    return {
        name: f"The tenant's own limit is {limit}: a key gets at most that."
        for name, number in wish.items()
        if number is not None and (limit := most[name]) is not None and number > limit
    }


def beyond_own(wish: Numbers, own: Limits) -> dict[str, str]:
    """Which limits that a key wants for another would allow more than its own."""
    wanted = figures(of_key(wish))
    return {
        name: f"The asking key has {limit}: name at most that, for a key grants no more."
        for name, limit in figures(own).items()
        if limit is not None and ((number := wanted[name]) is None or number > limit)
    }


def number_of(text: str) -> int | str | None:
    """What somebody wrote: a number, None for `off`, and what is neither as it is."""
    if text.lower() == OFF:
        return None
    return int(text) if text.isascii() and text.isdigit() else text


def _fault(name: str, number: Any, subject: Subject | None = None) -> str:
    limit = LIMITS.get(name)
    if limit is None:
        known = ", ".join(names_of(subject) if subject else LIMITS)
        return f"There is no such limit. There are: {known}."
    if subject is not None and subject not in limit.of:
        return f"This limit is not one of a {subject}. There are: {', '.join(names_of(subject))}."
    if number is None:
        return ""
    if isinstance(number, bool) or not isinstance(number, int):
        return "A whole number is expected, or null for no limit."
    if not limit.least <= number <= LARGEST:
        return f"It must be a whole number from {limit.least} to {LARGEST}."
    return ""
