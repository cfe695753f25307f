"""From the shape of a request to what was asked: values checked, and in their usual form."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from notifications import fields
from notifications.checks import Check, Context
from notifications.requests import (
    DirectRequest,
    Identifier,
    NotifyRequest,
    PublishRequest,
    RecipientIn,
)
from notifications.values import Asked, Direct, Person, Refused
from signalbus.api.problems import Problem, invalid
from signalbus.api.shapes import convert
from signalbus.bus.streams import Channel
from templates_app import rendering
from templates_app.engine import Compiled, TemplateError, compile_template
from templates_app.rendering import BODIES

RECIPIENT: Any = RecipientIn | Identifier


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


def check_publish(request: PublishRequest, topic: str, context: Context) -> list[Asked | Refused]:
    """A request for each recipient. Raises Problem for what is wrong with all of them."""
    terms = Check(context, "")
    terms.terms(request)
    wanted = channels(terms, request.channels)
    if terms.errors:
        raise invalid(*terms.errors)
    checked: list[Asked | Refused] = []
    for index, given in enumerate(request.recipients or ()):
        check = Check(context, "")
        at = f"/recipients/{index}"
        checked.append(
            check.asked(
                request,
                person=_listed(check, given, at),
                person_at=at,
                topic=topic,
                direct=None,
                channels=wanted,
                locale=None,
            )
        )
    return checked


def channels(check: Check, names: list[str] | None) -> tuple[str, ...] | None:
    """The channels that a request narrows its policy to."""
    if names is None:
        return None
    checked = [
        check.value(f"/channels/{index}", name, fields.channel) for index, name in enumerate(names)
    ]
    return tuple(dict.fromkeys(name for name in checked if name))


def _listed(check: Check, given: Any, at: str) -> Person:
    """One of many recipients, whose shape was not looked at yet."""
    try:
        recipient: RecipientIn | str = convert(given, RECIPIENT)
    except Problem as problem:
        check.errors.extend(error.below(at) for error in problem.errors)
        return Person()
    return check.person(recipient, at)


def _addressee(check: Check, request: DirectRequest, channel: str) -> Person:
    if (request.to is None) == (request.recipient is None):
        check.refuse("/to", "One of `to`, an address, and `recipient` is needed, not both.")
        return Person()
    if request.recipient is not None:
        return check.person(request.recipient, "/recipient")
    address = check.value("/to", request.to, fields.ADDRESS_FORMS[channel]) if channel else None
    return Person(addresses={channel: address} if address else {})


def _message(check: Check, request: DirectRequest, channel: str) -> Direct:
    given = {name: getattr(request, name) for name in BODIES}
    if request.template is not None:
        for name in (name for name, text in given.items() if text is not None):
            check.refuse(f"/{name}", "The template says it already: leave one of the two out.")
        return Direct(channel=channel, template=request.template)
    content = {name: text or "" for name, text in given.items()}
    _check_parts(check, content, channel)
    return Direct(channel=channel, content=content, required=_required(check, content))


def _check_parts(check: Check, content: Mapping[str, str], channel: str) -> None:
    if channel == Channel.EMAIL and not content["subject"].strip():
        check.refuse("/subject", "An e-mail needs a subject, or a template.")
    bodies = BODIES[1:] if channel == Channel.EMAIL else BODIES[1:2]
    if not any(content[name].strip() for name in bodies):
        check.refuse("/text", "A text is needed, or a template.")


def _required(check: Check, content: Mapping[str, str]) -> tuple[str, ...]:
    """The variables of the texts, which are Liquid as a template's are."""
    try:
        return rendering.needed(**content)
    except TemplateError:  # it says what is wrong, but not with which of them
        for name in BODIES:
            check.value(f"/{name}", content[name], partial(_parsed, html=name == "html"))
        return ()


def _parsed(text: str, *, html: bool) -> Compiled:
    try:
        return compile_template(text, html=html)
    except TemplateError as error:
        raise ValueError(str(error)) from error
