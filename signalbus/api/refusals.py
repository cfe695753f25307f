"""Which kinds of problem an operation may answer with, by what kind of operation it is."""

from collections.abc import Iterable

from signalbus.api.operations import JSON, Operation
from signalbus.api.problems import KINDS

ALWAYS = (
    "unauthenticated",
    "missing-scope",
    "missing-role",
    "tenant-suspended",
    "rate-limited",
    "internal",
    "unavailable",
)
WITH_QUERY = ("invalid-parameter",)
WITH_PLACEHOLDER = ("not-found",)
WITH_BODY = ("malformed-json", "too-large", "unsupported-media-type", "invalid")
WITH_KEY = ("invalid-idempotency-key", "in-progress", "too-large", "idempotency-mismatch")


def _with_body(operation: Operation) -> tuple[str, ...]:
    return tuple(
        kind for kind in WITH_BODY if operation.body_type == JSON or kind != "malformed-json"
    )


def refusals(
    method: str, operation: Operation, *, has_placeholder: bool, always: Iterable[str] = ALWAYS
) -> dict[int, tuple[str, ...]]:
    """Status → kinds, in order of status; `always` are those that any operation may have."""
    kinds = dict.fromkeys(
        (
            *always,
            *(WITH_QUERY if operation.query else ()),
            *(WITH_PLACEHOLDER if has_placeholder else ()),
            *(_with_body(operation) if operation.body is not None else ()),
            *(WITH_KEY if method == "POST" else ()),
            *operation.problems,
        )
    )
    statuses = sorted({KINDS[kind].status for kind in kinds})
    return {
        status: tuple(kind for kind in kinds if KINDS[kind].status == status) for status in statuses
    }
