"""What a request becomes on its way to the tables: plain values, none of which ever changes.

They are msgspec structs and not dataclasses because a batch makes thousands of them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from signalbus.api.problems import PointedError, Problem


class Value(Struct, frozen=True):
    """A value that never changes."""


class Rule(Value, frozen=True, kw_only=True):
    """A channel to use and the name of its template; None where the content was given directly.

    A `fallback` is used only where the channels before it cannot be, or brought no receipt.
    """

    channel: str
    template: str | None
    fallback: bool = False


class PolicyFacts(Value, frozen=True, kw_only=True):
    """What a topic's policy says.

    `rules` are the channels used at once, `fallbacks` the others. `retry` are figures of
    patience.RetryRule, `overrides` the reasons of suppressions that it is sent in spite of.
    """

    topic: str
    priority: str
    enabled: bool
    rules: tuple[Rule, ...]
    fallbacks: tuple[Rule, ...] = ()
    retry: Mapping[str, float] = {}
    overrides: frozenset[str] = frozenset()


class Person(Value, frozen=True, kw_only=True):
    """A recipient as a request gives it; None leaves what is known as it is.

    `known` means that only the id was given, so that the recipient has to exist.
    """

    external_id: str = ""
    known: bool = False
    addresses: Mapping[str, str] = {}
    locale: str | None = None
    time_zone: str | None = None
    attributes: Mapping[str, Any] | None = None


class Known(Value, frozen=True, kw_only=True):
    """A recipient as it is stored, or as it will be once a request's fields are written."""

    external_id: str
    id: UUID
    locale: str = ""
    time_zone: str = ""
    attributes: Mapping[str, Any] = {}
    addresses: Mapping[str, str] = {}


class Direct(Value, frozen=True, kw_only=True):
    """A message that needs no policy: its channel, and a template's name or the content itself.

    `required` are the variables that the content cannot do without.
    """

    channel: str
    template: str | None = None
    content: Mapping[str, Any] | None = None
    required: tuple[str, ...] = ()


class Asked(Value, frozen=True, kw_only=True):
    """One notification as asked for. `id` is drawn before the first try, so a repeat is harmless.

    `at` and `person_at` are the JSON pointers of its terms and its recipient in the body it came
    in. `key` is its idempotency key, if it has one.
    """

    id: UUID
    topic: str
    person: Person
    direct: Direct | None
    channels: tuple[str, ...] | None
    data: Mapping[str, Any]
    send_at: datetime | None
    expires_at: datetime | None
    priority: str | None
    correlation_id: str
    locale: str | None
    trace: str
    at: str
    person_at: str
    key: str = ""


class Accepted(Value, frozen=True, kw_only=True):
    """The answer to a request that was accepted; `replayed` if it was accepted before."""

    answer: Mapping[str, Any]
    replayed: bool = False


class Refused(Value, frozen=True, kw_only=True):
    """Why one request cannot be accepted: a kind of signalbus.api.problems, and where.

    `headers` and `extra` are what the answer says besides, as those of a Problem.
    """

    kind: str
    detail: str
    errors: tuple[PointedError, ...] = ()
    headers: Mapping[str, str] = {}
    extra: Mapping[str, Any] = {}

    def problem(self) -> Problem:
        """The refusal as it is raised where it is the whole answer."""
        return Problem(
            self.kind, self.detail, errors=self.errors, headers=self.headers, extra=self.extra
        )


Result = Accepted | Refused
