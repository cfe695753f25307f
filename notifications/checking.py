"""From the shape of a request to what was asked: values checked, and in their usual form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from notifications import fields
from notifications.requests import DirectRequest, NotifyRequest, RecipientIn, Terms
from notifications.values import Asked, Direct, Person, Refused
from signalbus.api.problems import PointedError, summary
from signalbus.bus.streams import Channel
from signalbus.core.ids import new_id
from templates_app import rendering
from templates_app.engine import TemplateError, compile_template

BODIES = ("subject", "text", "html")

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
            channel: self.value(f"{pointer}/{name}", getattr(given, name), _form(channel))
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


def check_notify(
    request: NotifyRequest, context: Context, at: str = "", key: str = ""
) -> Asked | Refused:
    """What a request for a topic asks for."""
    check = Check(context, at)
    check.terms(request)
    return check.asked(
        request,
        person=check.person(request.recipient, "/recipient"),
        person_at=f"{at}/recipient",
        topic=request.topic,
        direct=None,
        channels=channels(check, request.channels),
        locale=None,
        key=key,
    )


def check_direct(
    request: DirectRequest, context: Context, at: str = "", key: str = ""
) -> Asked | Refused:
    """What a request for one message on one channel asks for."""
    check = Check(context, at)
    check.terms(request)
    channel = check.value("/channel", request.channel, fields.channel) or ""
    return check.asked(
        request,
        person=_addressee(check, request, channel),
        person_at=f"{at}/to" if request.recipient is None else f"{at}/recipient",
        topic="",
        direct=_message(check, request, channel),
        channels=None,
        locale=check.value("/locale", request.locale, fields.locale),
        key=key,
    )


def channels(check: Check, names: list[str] | None) -> tuple[str, ...] | None:
    """The channels that a request narrows its policy to."""
    if names is None:
        return None
    checked = [
        check.value(f"/channels/{index}", name, fields.channel) for index, name in enumerate(names)
    ]
    return tuple(dict.fromkeys(name for name in checked if name))


def _form(channel: str) -> Callable[[str], str]:
    return fields.ADDRESS_FORMS[Channel(channel)]


def _addressee(check: Check, request: DirectRequest, channel: str) -> Person:
    if (request.to is None) == (request.recipient is None):
        check.refuse("/to", "One of `to`, an address, and `recipient` is needed, not both.")
        return Person()
    if request.recipient is not None:
        return check.person(request.recipient, "/recipient")
    address = check.value("/to", request.to, _form(channel)) if channel else None
    return Person(addresses={channel: address} if address else {})


def _message(check: Check, request: DirectRequest, channel: str) -> Direct:
    given = {name: getattr(request, name) for name in BODIES}
    if request.template is not None:
        for name in (name for name, text in given.items() if text is not None):
            check.refuse(f"/{name}", "The template says it already: leave one of the two out.")
        return Direct(channel=channel, template=request.template)
    content = {name: text or "" for name, text in given.items()}
    _check_parts(check, content, channel)
    literal = not request.data
    required = () if literal or check.errors else _required(check, content)
    return Direct(channel=channel, content={**content, "literal": literal}, required=required)


def _check_parts(check: Check, content: Mapping[str, str], channel: str) -> None:
    if channel == Channel.EMAIL and not content["subject"].strip():
        check.refuse("/subject", "An e-mail needs a subject, or a template.")
    bodies = BODIES[1:] if channel == Channel.EMAIL else BODIES[1:2]
    if not any(content[name].strip() for name in bodies):
        check.refuse("/text", "A text is needed, or a template.")


def _required(check: Check, content: Mapping[str, str]) -> tuple[str, ...]:
    """The variables of texts that are Liquid, as they are wherever data come with them."""
    for name in BODIES:
        try:
            compile_template(content[name], html=name == "html")
        except TemplateError as error:
            check.refuse(f"/{name}", str(error))
    return () if check.errors else rendering.needed(**content)
