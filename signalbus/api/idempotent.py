"""The Idempotency-Key of a single request: one transaction around lookup, work and keeping."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from signalbus.api import idempotency
from signalbus.api.idempotency import LONGEST_KEY, Stored
from signalbus.api.problems import Problem
from signalbus.api.rendering import JSON

Handler = Callable[..., HttpResponse]
MISMATCH = (
    "The Idempotency-Key came with another method, path or body before: repeat the request "
    "exactly, or take a new key."
)
NOT_YOURS = (
    "The Idempotency-Key came with another request before, or with another API key, to which alone "
    "its answer is told: repeat the request with that one, or take a new Idempotency-Key."
)
RUNNING = "The first request with this Idempotency-Key is still running: repeat it in a moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Whose Idempotency-Keys are told apart from others', and how long their answers are kept.

    They stand in the current schema; `owner` is the number of the tenant.
    """

    owner: int
    mode: str
    hours: int


def idempotent(handler: Handler) -> Handler:
    """Run a view's method in a transaction, and at most once for each Idempotency-Key.

    What the asking key may do was checked before. The view may set `secret_answer = True`, so that
    the kept answer is encrypted, and told to the key that asked first and to no other.
    """

    @wraps(handler)
    def run(view: Any, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        key = key_of(request)
        with transaction.atomic():
            if key is None:
                return handler(view, request, *args, **kwargs)
            return _once(view, request, key, lambda: handler(view, request, *args, **kwargs))

    return run


def key_of(request: HttpRequest) -> str | None:
    """The request's key, or None. Raises Problem where it cannot be one."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        rule = f"It has to be 1 to {LONGEST_KEY} printable ASCII characters, such as a UUID."
        raise Problem("invalid-idempotency-key", rule)
    return key


def replayed(stored: Stored, mark: bytes, otherwise: str = MISMATCH) -> HttpResponse:
    """The kept answer once more. Raises Problem where it was given to another request."""
    if stored.fingerprint != mark:
        raise Problem("idempotency-mismatch", otherwise)
    return HttpResponse(
        stored.answer,
        status=stored.status_code,
        content_type=JSON,
        headers={"Idempotency-Replayed": "true"},
    )


def in_progress() -> Problem:
    """The problem for a key whose first request has not ended."""
    return Problem("in-progress", RUNNING)


def _once(view: Any, request: Any, key: str, work: Callable[[], HttpResponse]) -> HttpResponse:
    whose: Repeats = view.repeats
    asker = str(request.auth.id) if view.secret_answer else ""
    mark = idempotency.fingerprint(request.method, request.path, view.raw_body(), asker)
    if idempotency.lock(whose.owner, whose.mode, [key]):
        raise in_progress()
    stored = idempotency.find(whose.mode, [key]).get(key)
    if stored:
        return replayed(stored, mark, NOT_YOURS if view.secret_answer else MISMATCH)
    answer = work()
    idempotency.store(whose.mode, [_kept(view, key, mark, answer)], whose.hours)
    return answer


def _kept(view: Any, key: str, mark: bytes, answer: HttpResponse) -> Stored:
    return Stored(
        key=key,
        fingerprint=mark,
        status_code=answer.status_code,
        answer=answer.content,
        is_secret=view.secret_answer,
    )
