"""The headers of answers, as the OpenAPI document tells of them."""

from collections.abc import Iterable

from drf_spectacular.plumbing import ComponentIdentity, ComponentRegistry, ResolvedComponent

from signalbus.api.described import Schema
from signalbus.api.problems import HEADERS

TEXT: Schema = {"type": "string"}
SECONDS: Schema = {"type": "integer", "minimum": 1}
# Name → what it says, and its schema. None is in every answer.
TOLD: dict[str, tuple[str, Schema]] = {
    "X-Request-Id": ("Finds the request's lines in the logs; an inbound one is kept.", TEXT),
    "RateLimit-Policy": (
        'Each limit that counts the request: `"tenant";q=2000;w=2` lets 2,000 pass at once, and is '
        "whole again in 2 s.",
        TEXT,
    ),
    "RateLimit": (
        'The limit with the least left: `"tenant";r=1990;t=1` has 1,990 left, all again in 1 s.',
        TEXT,
    ),
    "Idempotency-Replayed": (
        "`true` where the answer is that of an earlier request with the same key.",
        {"type": "string", "enum": ["true"]},
    ),
    "Retry-After": ("Seconds after which to repeat the request.", SECONDS),
    "Link": ('Where the type is explained, with `rel="help"`.', TEXT),
    "WWW-Authenticate": ("How to send a key.", TEXT),
}
ALWAYS = ("X-Request-Id",)
LIMITED = (*ALWAYS, "RateLimit-Policy", "RateLimit")  # of what counts against a tenant's limits
LATER = frozenset({"rate-limited", "quota-exceeded", "too-many-streams"})


def of_answer(method: str) -> tuple[str, ...]:
    """Those that a good answer has beside the usual ones."""
    return ("Idempotency-Replayed",) if method == "POST" else ()


def of_refusal(kinds: Iterable[str]) -> tuple[str, ...]:
    """Those that a problem of one of these kinds has beside the usual ones."""
    named = {name: None for kind in kinds for name in HEADERS.get(kind, {})}
    later = {"Retry-After": None} if LATER & set(kinds) else {}
    return ("Link", *(named | later))


def references(registry: ComponentRegistry, names: Iterable[str]) -> Schema:
    """The headers by reference; each is put among the components."""
    return {name: _reference(registry, name) for name in names}


def _reference(registry: ComponentRegistry, name: str) -> Schema:
    description, schema = TOLD[name]
    component = ResolvedComponent(
        name,
        ResolvedComponent.HEADER,
        {"description": description, "schema": schema},
        ComponentIdentity(name),
    )
    registry.register_on_missing(component)
    return dict(component.ref)
