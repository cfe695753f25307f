"""What the doctor finds, as values. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands; `warn` works for now."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence on one thing; `next_step` says what to do, where anything is to be done."""

    state: State
    says: str
    next_step: str = ""
    area: str = ""


def ok(says: str) -> Finding:
    """All is well."""
    return Finding(state=State.OK, says=says)


def warn(says: str, next_step: str) -> Finding:
    """It works for now, but should be looked at."""
    return Finding(state=State.WARN, says=says, next_step=next_step)


def fail(says: str, next_step: str) -> Finding:
    """Something does not work."""
    return Finding(state=State.FAIL, says=says, next_step=next_step)


def failed(findings: Iterable[Finding]) -> bool:
    """Whether anything does not work."""
    return any(finding.state is State.FAIL for finding in findings)


def counted(number: int, thing: str) -> str:
    """`1 broker`, `3 brokers`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def some(names: Iterable[str], most: int = 5) -> str:
    """The first of the names, and how many more there are."""
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
