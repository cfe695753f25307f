"""What a policy may ask for beside its channels and templates. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from notifications.deciding import patience
from notifications.values import Value

SHORTEST_WATCH, LONGEST_WATCH = 10, 24 * 3600  # seconds
# Reasons of suppressions that a tenant may decide against for a topic that has to arrive.
OVERRIDABLE = ("hard_bounce", "soft_bounces", "bad_address", "dead_token", "manual")
# What the recipient decided stands, whatever the topic.
NEVER = {
    "complaint": "A complaint is the recipient's own word; nothing is sent in spite of it.",
    "opt_out": "An opt-out is the recipient's own word; nothing is sent in spite of it.",
}


class Terms(Value, frozen=True, kw_only=True):
    """`fallbacks` says of each channel, in order, whether it is one; the rest as in Policy."""

    fallbacks: Sequence[bool]
    watch_seconds: int | None = None
    overrides: Sequence[str] = ()
    retry: dict[str, object] = {}


class Misfit(NamedTuple):
    """What cannot be: the way to it, from the field on, and why."""

    path: tuple[str | int, ...]
    detail: str


def misfits(terms: Terms) -> list[Misfit]:
    """All that cannot be, field by field."""
    return [
        *_of_channels(terms.fallbacks, terms.watch_seconds),
        *(Misfit(("retry", name), why) for name, why in patience.misfits(terms.retry).items()),
        *_of_overrides(terms.overrides),
    ]


def _of_channels(fallbacks: Sequence[bool], watch: int | None) -> list[Misfit]:
    if fallbacks and all(fallbacks):
        return [Misfit(("channels",), "At least one channel must not be a fallback.")]
    if watch is None:
        why = "A fallback needs the seconds without a receipt after which it is used."
        return [Misfit(("watch_seconds",), why)] if any(fallbacks) else []
    if not SHORTEST_WATCH <= watch <= LONGEST_WATCH:
        why = f"It must be from {SHORTEST_WATCH} to {LONGEST_WATCH}."
        return [Misfit(("watch_seconds",), why)]
    return []


def _of_overrides(reasons: Sequence[str]) -> list[Misfit]:
    return [
        Misfit(("overrides", index), _why_not(reason))
        for index, reason in enumerate(reasons)
        if reason not in OVERRIDABLE or reason in reasons[:index]
    ]


def _why_not(reason: str) -> str:
    if reason in OVERRIDABLE:
        return f"The reason {reason} is there already."
    return NEVER.get(reason, f"One of {', '.join(OVERRIDABLE)} is expected.")
