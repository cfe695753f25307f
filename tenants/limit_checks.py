"""What is wrong with limits that somebody wants to set, in sentences. Pure."""

from collections.abc import Mapping
from typing import Any

from signalbus.core.env import as_pairs
from tenants.limits import LIMITS, Limits, Numbers, Subject, names_of

OFF = "off"  # how settings and commands write that there is no limit
LARGEST = 10**12


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
    numbers = {name: _number(value) for name, value in as_pairs(text).items()}
    faults = {name: _fault(name, number) for name, number in numbers.items()}
    told = [f"{name}: {fault}" for name, fault in faults.items() if fault]
    if told:
        raise ValueError(" ".join(told))
    return {name: number for name, number in numbers.items() if not isinstance(number, str)}


def beyond(own: Numbers, tenant: Limits) -> dict[str, str]:
    """Which limits of a key would allow more than its tenant's: name → sentence."""
    requests, notifications = tenant.requests, tenant.notifications
    most = {
        "requests_per_second": requests.number if requests else None,
        "requests_burst": requests.burst if requests else None,
        "notifications_per_minute": notifications.number if notifications else None,
    }
    return {
        name: f"The tenant's own limit is {most[name]}: a key gets at most that."
        for name, number in own.items()
        if number is not None and (limit := most.get(name)) is not None and number > limit
    }


def _number(text: str) -> int | str | None:
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
