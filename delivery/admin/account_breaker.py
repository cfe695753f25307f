"""How the breakers of accounts look in the consoles."""

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html

from delivery.breaker import Breaker, breakers
from delivery.breaker_rule import State
from signalbus.panels.words import label

UNKNOWN = "not known"  # without Redis each worker has its own


def fetch(rows: Sequence[Any]) -> None:
    """Put each account's breaker to it, in one round trip for the whole page."""
    found = breakers().shared_states(row.pk for row in rows) or {}
    for row in rows:
        row.breaker = found.get(row.pk)


def breaker_of(row: Any) -> Breaker | None:
    """The account's breaker; None where nobody can tell."""
    if not hasattr(row, "breaker"):
        fetch([row])
    found: Breaker | None = row.breaker
    return found


def is_broken(row: Any) -> bool:
    """Whether messages are kept from the account."""
    breaker = breaker_of(row)
    return breaker is not None and breaker.state is not State.CLOSED


def shown(row: Any) -> str:
    """The state in its colour, and when an open one is tried again."""
    breaker = breaker_of(row)
    if breaker is None:
        return UNKNOWN
    if breaker.state is not State.OPEN:
        return label(breaker.state)
    return format_html(
        '{} <span class="sb-quiet">tried again in {} s</span>',
        label(breaker.state),
        max(round(breaker.opens_again_in), 1),
    )
