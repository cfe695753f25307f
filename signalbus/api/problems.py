"""Problems (RFC 9457): every way a request can be refused, in one table.

A `Problem` is raised by any floor above, or kept as a value where one item of a batch is refused.
`signalbus.api.handlers` turns it, and what Django and DRF raise themselves, into an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signalbus.core.errors import SignalbusError

URN = "urn:signalbus:error:"
CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """What all problems of a kind share; `advice` says what the caller is to do, in Markdown."""

    status: int
    title: str
    advice: str


KINDS: dict[str, Kind] = {
    "bad-request": Kind(
        400,
        "The request cannot be understood",
        "Mend the request; the detail says what is wrong.",
    ),
    "malformed-json": Kind(
        400,
        "The body is not valid JSON",
        "Mend the JSON at the byte that the detail names.",
    ),
    "invalid-parameter": Kind(
        400,
        "A query parameter is not valid",
        "Mend the query parameter that `errors` points to.",
    ),
    "invalid-idempotency-key": Kind(
        400,
        "The Idempotency-Key is not valid",
        "Send 1 to 255 printable ASCII characters, such as a UUID.",
    ),
    "unauthenticated": Kind(
        401,
        "A valid API key is needed",
        "Send a key that is neither revoked nor expired.",
    ),
    "forbidden": Kind(
        403,
        "This is not allowed",
        "Ask whoever runs the installation.",
    ),
    "missing-scope": Kind(
        403,
        "The API key lacks a scope",
        "Use a key with the scope that the detail names.",
    ),
    "missing-role": Kind(
        403,
        "The operator whose key this is lacks the role",
        "Have an owner give the role, or make a key of the application instead of one's own.",
    ),
    "live-key-needed": Kind(
        403,
        "A test key cannot write what live and test share",
        "Use a live key: templates, policies and accounts are shared by both modes.",
    ),
    "tenant-suspended": Kind(
        403,
        "The tenant is suspended",
        "Ask whoever runs the installation; the detail has the reason.",
    ),
    "not-found": Kind(
        404,
        "There is no such thing",
        "Check the id and the key's mode; the lists show what there is.",
    ),
    "method-not-allowed": Kind(
        405,
        "The method is not allowed here",
        "Use a method that the header `Allow` names.",
    ),
    "not-acceptable": Kind(
        406,
        "The wanted format is not offered",
        "Accept JSON; of the live stream `text/event-stream`.",
    ),
    "conflict": Kind(
        409,
        "The state of the resource forbids it",
        "Do what the detail says, then repeat.",
    ),
    "in-progress": Kind(
        409,
        "The first request with this key is still running",
        "Repeat the same request after `Retry-After`.",
    ),
    "too-late": Kind(
        409,
        "It is too late for that",
        "Nothing to do: it is under way, or over. `state` says which.",
    ),
    "too-large": Kind(
        413,
        "The body is too large",
        "Send less in one body: up to 1 MiB, a batch up to 8 MiB.",
    ),
    "unsupported-media-type": Kind(
        415,
        "The body's format is not the one that is taken",
        "Send `Content-Type: application/json`, but for an import of CSV.",
    ),
    "invalid": Kind(
        422,
        "The request is well-formed but not valid",
        "Mend each field that `errors` points to.",
    ),
    "no-policy": Kind(
        422,
        "The topic has no policy",
        "Make a policy for the topic, or switch it on.",
    ),
    "idempotency-mismatch": Kind(
        422,
        "The key was used for another request",
        "Use a new key for another request.",
    ),
    "rate-limited": Kind(
        429,
        "Too many requests",
        "Repeat after `Retry-After`; the header `RateLimit` says beforehand how much is left.",
    ),
    "too-many-streams": Kind(
        429,
        "Too many live streams are open",
        "Close those that are not needed, or have `live_streams` raised.",
    ),
    "quota-exceeded": Kind(
        429,
        "The quota is used up",
        "Wait until `opens_at`, or have the quota raised: a key's by its tenant's operators, a "
        "tenant's by whoever runs the installation.",
    ),
    "internal": Kind(
        500,
        "Something went wrong on this side",
        "Repeat once with the same key; then report the `trace_id`.",
    ),
    "unavailable": Kind(
        503,
        "The service is not available at the moment",
        "Repeat the same request, with the same key, after `Retry-After`.",
    ),
    "busy": Kind(
        503,
        "The service is too busy at the moment",
        "Repeat the same request, with the same key, after `Retry-After`.",
    ),
}

# Sent with every problem of the kind unless the one who raises it says otherwise.
HEADERS: dict[str, dict[str, str]] = {
    "unauthenticated": {"WWW-Authenticate": 'Bearer realm="signalbus"'},
    "in-progress": {"Retry-After": "1"},
    "unavailable": {"Retry-After": "5"},
    "busy": {"Retry-After": "1"},
}


@dataclass(frozen=True, slots=True)
class PointedError:
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901), "" the whole body."""

    pointer: str
    detail: str

    def below(self, prefix: str) -> "PointedError":
        """The same error seen from a level above, as for an item of a batch."""
        return PointedError(prefix + self.pointer, self.detail)


class Problem(SignalbusError):  # noqa: N818 - the word of RFC 9457
    """A refused request: the kind says status and title, the detail what to do about it.

    `extra` are further members of the answer, such as the state that stood in the way.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Sequence[PointedError] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = {**HEADERS.get(kind, {}), **(headers or {})}
        self.extra = dict(extra or {})

    @property
    def status(self) -> int:
        return KINDS[self.kind].status

    def members(self) -> dict[str, Any]:
        """The problem as JSON members, without what only a whole answer has."""
        members: dict[str, Any] = {
            "type": URN + self.kind,
            "title": KINDS[self.kind].title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            members["errors"] = [{"pointer": e.pointer, "detail": e.detail} for e in self.errors]
        return {**members, **self.extra}

    def body(self, instance: str, trace_id: str) -> dict[str, Any]:
        """The whole answer: where it happened and the trace to look it up by."""
        return {**self.members(), "instance": instance, "trace_id": trace_id}


def not_found() -> Problem:
    """The problem for an id that leads nowhere, whoever else may have it."""
    detail = "Nothing of this tenant and mode has that id. The lists show what there is."
    return Problem("not-found", detail)


def invalid(*errors: PointedError) -> Problem:
    """The problem for a body that is JSON but wrong; its detail sums the errors up."""
    return Problem("invalid", summary(errors), errors=errors)


def summary(errors: Sequence[PointedError]) -> str:
    """One sentence for many errors: the first, and how many more there are."""
    first = errors[0]
    place = f"{first.pointer}: " if first.pointer else ""
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{place}{first.detail}{more}"
