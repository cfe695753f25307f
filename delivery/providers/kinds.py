"""What a kind of provider account consists of; the table of kinds is in registry."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from notifications import fields as usual

SENDER = "from"  # the option that `Account.sender` reads
LONGEST_SENDER = 254  # what an outbox entry keeps of a call's sender
LONGEST_LINES = 16_384
LONGEST_TEXT = 4096  # some services' tokens are signed documents of a thousand characters


class Type(StrEnum):
    """What a field of an account holds."""

    TEXT = "text"
    LINES = "text of one line or more"
    MAILBOX = "mail address, with a name or without, such as Acme <hello@acme.example>"
    URL = "url"
    HOST = "host's name or address"
    WHOLE = "whole number"
    NUMBER = "number"
    BOOLEAN = "true or false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """An option or a credential.

    Where `choices` is set, nothing else is taken; `most` is the largest number that is. `check`
    says what else is wrong with a value, in a sentence, or nothing.
    """

    name: str
    label: str
    type: Type = Type.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    most: float = math.inf
    check: Callable[[Any], str] | None = None
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """How the receipts of a kind of account come in.

    `reader` is the dotted path of its Reader (delivery.receipts.readers.base). Of `proofs`, names
    of options and credentials, one at least has to be set, or nothing is believed;
    `inbound_proofs` are those for messages that people send, where the provider hands these over
    at all. `setup` says what to configure at the provider.
    """

    reader: str
    setup: str
    proofs: tuple[str, ...]
    inbound_proofs: tuple[str, ...] = ()
    options: tuple[Field, ...] = ()
    credentials: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A provider that accounts may name. `driver` is the dotted path of its Provider class.

    Of the options in `needs_one_of` at least one has to be set. Without a `hook` the provider
    tells nothing later.
    """

    name: str
    label: str
    channels: tuple[str, ...]
    driver: str
    options: tuple[Field, ...] = ()
    credentials: tuple[Field, ...] = ()
    needs_one_of: tuple[str, ...] = ()
    hook: Hook | None = None


Problem = tuple[str, str]
"""A JSON pointer and what is wrong there."""


def problems_of(
    fields: tuple[Field, ...], values: Mapping[str, Any], pointer: str
) -> Iterator[Problem]:
    """What is wrong with the values: missing, unknown, or of another type."""
    known = {field.name: field for field in fields}
    for name in values:
        if name not in known:
            yield f"{pointer}/{_escaped(name)}", _unknown(name, known)
    for name, field in known.items():
        detail = _problem(field, values.get(name))
        if detail:
            yield f"{pointer}/{name}", detail


def _unknown(name: str, known: Mapping[str, Field]) -> str:
    takes = f"known are {', '.join(known)}" if known else "there are none"
    return f"There is no field {name!r} in this kind of account; {takes}."


def _problem(field: Field, value: Any) -> str:
    if value is None or value == "":
        return f"{field.label} is required." if field.required else ""
    if not CHECKS[field.type](value):
        return f"{field.label} must be a {field.type}."
    if isinstance(value, str) and len(value) > _longest(field):
        return f"{field.label} must have at most {_longest(field)} characters."
    if field.choices and value not in field.choices:
        return f"{field.label} must be one of {', '.join(field.choices)}."
    if isinstance(value, int | float) and value > field.most:
        return f"{field.label} must be at most {field.most:g}."
    return field.check(value) if field.check else ""


def _longest(field: Field) -> int:
    if field.name == SENDER:
        return LONGEST_SENDER
    return LONGEST_LINES if field.type is Type.LINES else LONGEST_TEXT


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not any(character in value for character in "\0\r\n")


def _is_lines(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_mailbox(value: Any) -> bool:
    """Exactly one address; a comma in a name without quotation marks makes two."""
    if not _is_text(value):
        return False
    mailboxes = getaddresses([value])
    try:
        usual.email(mailboxes[0][1])
    except ValueError:
        return False
    return len(mailboxes) == 1


def _is_url(value: Any) -> bool:
    if not _is_text(value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _is_host(value: Any) -> bool:
    return _is_text(value) and not any(
        character.isspace() or character in "/@" for character in value
    )


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and _is_number(value)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


CHECKS: dict[Type, Callable[[Any], bool]] = {
    Type.TEXT: _is_text,
    Type.LINES: _is_lines,
    Type.MAILBOX: _is_mailbox,
    Type.URL: _is_url,
    Type.HOST: _is_host,
    Type.WHOLE: _is_whole,
    Type.NUMBER: _is_number,
    Type.BOOLEAN: _is_boolean,
}


def _escaped(name: str) -> str:
    """A name as a part of a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
