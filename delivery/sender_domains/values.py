"""What is asked of DNS, and what comes of it, as values. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a record stands."""

    OK = "ok"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "unknown"  # DNS did not answer, or nobody knows where to look


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record to publish; `value` is empty where only the service knows it."""

    name: str
    type: str = "TXT"
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One judgment: what is there under `name`, a sentence on it, and what to publish instead."""

    check: str
    name: str
    state: State
    found: tuple[str, ...] = ()
    says: str
    publish: Record | None = None


class UnansweredError(Exception):
    """DNS could not be asked; the text says why."""


Texts = Callable[[str], list[str]]
"""The TXT records of a name, none where there are none. Raises UnansweredError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How an account sends in the name of a domain.

    `bounce_domain` is that of the envelope's sender, empty where it is the service's own. Of the
    `selectors` every one has to be there if they are `named` by the account, else one of them.
    What the service wanted `before` does as well as its `include`.
    """

    domain: str
    service: str
    bounce_domain: str = ""
    host: str = ""
    include: str = ""
    before: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    named: bool = False
    cnames: tuple[tuple[str, str], ...] = ()


def unknown(check: str, name: str, error: UnansweredError) -> Finding:
    """What can be said when DNS does not answer."""
    return Finding(
        check=check, name=name, state=State.UNKNOWN, says=f"DNS could not be asked: {error}"
    )


def tags_of(record: str) -> dict[str, str]:
    """The `name=value` pairs of a DKIM or DMARC record (RFC 6376, section 3.2)."""
    pairs = (part.partition("=") for part in record.split(";") if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def is_within(name: str, domain: str) -> bool:
    """Whether the name is the domain or below it."""
    return name == domain or name.endswith(f".{domain}")
