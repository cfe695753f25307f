"""Collects everything that is wrong with a request, and gives its values in their usual form."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from notifications import fields
from notifications.requests import RecipientIn, Terms
from notifications.values import Asked, Person, Refused
from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError, summary
from signalbus.core.ids import new_id
from templates_app.rendering import shadowed

SHADOWED = "Templates see something else under this name: give it another one."
Raw = TypeVar("Raw")
Checked = TypeVar("Checked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What all requests of a body share. `now` is the moment that they came in at."""

    now: datetime
    trace: str


@dataclass(slots=True)
class Check:
    """Collects what is wrong with one request; `at` is its place inside the body."""

    context: Context
    at: str
    errors: list[PointedError] = field(default_factory=list)

    def value(
        self, pointer: str, raw: Raw | None, form: Callable[[Raw], Checked]
    ) -> Checked | None:
        """The value in its usual form; None where it is absent or wrong."""
        try:
            return None if raw is None else form(raw)
        except ValueError as error:
            self.refuse(pointer, str(error))
            return None

    def refuse(self, pointer: str, detail: str) -> None:
        self.errors.append(PointedError(self.at + pointer, detail))

    def person(self, given: RecipientIn | str, pointer: str) -> Person:
        """The recipient of a request."""
        if isinstance(given, str):
            return Person(external_id=given, known=True)
        addresses = {
            channel: self.value(
                f"{pointer}/{name}", getattr(given, name), fields.ADDRESS_FORMS[channel]
            )
            for name, channel in fields.ADDRESS_FIELDS.items()
        }
        if given.id is None:
            self._anonymous(given, pointer)
        return Person(
            external_id=given.id or "",
            addresses={channel: address for channel, address in addresses.items() if address},
            locale=self.value(f"{pointer}/locale", given.locale, fields.locale),
            time_zone=self.value(f"{pointer}/time_zone", given.time_zone, fields.time_zone),
            attributes=self.value(f"{pointer}/attributes", given.attributes, fields.data),
        )

    def _anonymous(self, given: RecipientIn, pointer: str) -> None:
        if all(getattr(given, name) is None for name in fields.ADDRESS_FIELDS):
            names = " or ".join(fields.ADDRESS_FIELDS)
            self.refuse(pointer, f"A recipient needs an id, or an address: {names}.")
        if given.attributes:
            self.refuse(f"{pointer}/attributes", "Attributes are kept with a recipient's id only.")

    def terms(self, terms: Terms) -> None:
        """Look at what does not depend on the recipient."""
        now = self.context.now
        self.value("/send_at", terms.send_at, lambda moment: fields.send_at(moment, now))
        if terms.send_at and terms.expires_at and terms.expires_at <= terms.send_at:
            self.refuse("/expires_at", "It would expire before it is sent: see send_at.")
        self.value("/data", terms.data, fields.data)
        for name in shadowed(terms.data):
            self.refuse(inside("/data", name), SHADOWED)

    def asked(self, terms: Terms, **rest: Any) -> Asked | Refused:
        """The whole request, or everything that is wrong with it."""
        if self.errors:
            return Refused(kind="invalid", detail=summary(self.errors), errors=tuple(self.errors))
        return Asked(
            id=new_id(),
            data=terms.data,
            send_at=terms.send_at,
            expires_at=terms.expires_at,
            priority=terms.priority,
            correlation_id=terms.correlation_id or "",
            trace=self.context.trace,
            at=self.at,
            **rest,
        )
