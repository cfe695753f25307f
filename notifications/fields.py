"""Single values brought into their usual form. Pure; each raises ValueError with what is wrong."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from signalbus.api.hints import value_hint
from signalbus.bus.streams import Channel
from signalbus.core import locales, time_zones

LONGEST_EMAIL = 254  # RFC 5321: a path of 256 octets with its angle brackets
LONGEST_LOCAL = 64  # RFC 5321, section 4.5.3.1.1
LONGEST_WAIT = timedelta(days=365)
DEEPEST_DATA = 32
LARGEST_DATA = 256 * 1024  # bytes of JSON; it is stored with every notification
KEPT_PHONES = 10_000

CHANNELS = tuple(known.value for known in Channel)

# Which field of a recipient holds the address of which channel.
ADDRESS_FIELDS: Mapping[str, str] = {"email": Channel.EMAIL, "phone": Channel.SMS}
FIELD_OF_CHANNEL: Mapping[str, str] = {value: name for name, value in ADDRESS_FIELDS.items()}

_check_email = EmailValidator()

# What most addresses look like; the others take Django's way, which is five times as long.
_PLAIN = re.compile(
    r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII
)


def email(raw: str) -> str:
    """The address in lower case, the form that suppressions are kept in too."""
    address = raw.strip(" ").lower()
    if len(address) > LONGEST_EMAIL or address.find("@") > LONGEST_LOCAL:
        raise ValueError(
            f"An e-mail address has at most {LONGEST_EMAIL} characters, {LONGEST_LOCAL} of them "
            "before the @."
        )
    if _PLAIN.fullmatch(address):
        return address
    try:
        _check_email(address)
    except ValidationError:
        raise ValueError("This is not an e-mail address, such as ana@example.org.") from None
    return address


@lru_cache(maxsize=KEPT_PHONES)
def phone(raw: str) -> str:
    """The number as E.164.

    Only its form and length are judged: countries open new ranges faster than any table follows,
    so whether a number is in use is the provider's to say.
    """
    try:
        number = phonenumbers.parse(raw)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number) or "\n" in raw:
        raise ValueError("This is not a phone number with its country code, such as +33612345678.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# How an address of each channel is written.
ADDRESS_FORMS: Mapping[str, Callable[[str], str]] = {Channel.EMAIL: email, Channel.SMS: phone}


def stored_form(address: str) -> str:
    """The address as rows keep it, for searching; what is no address stays, and finds nothing."""
    usual = email if "@" in address else phone
    try:
        return usual(address)
    except ValueError:
        return address


def locale(raw: str) -> str:
    """The locale as BCP 47 writes it."""
    found = locales.canonical(raw)
    if found is None:
        raise ValueError(locales.UNKNOWN)
    return found


def time_zone(raw: str) -> str:
    """The name of a time zone of the IANA database."""
    if not time_zones.is_known(raw):
        raise ValueError("This is not a known time zone, such as Europe/Paris.")
    return raw


def channel(raw: str) -> str:
    """The name of a channel."""
    if raw not in CHANNELS:
        raise ValueError(f"Not one of {', '.join(CHANNELS)}.{value_hint(raw, CHANNELS)}")
    return raw


def send_at(moment: datetime, now: datetime) -> datetime:
    """A moment to send at; one that has passed means at once."""
    if moment - now > LONGEST_WAIT:
        raise ValueError(f"This is more than {LONGEST_WAIT.days} days ahead.")
    return moment


def data(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object as it is; neither larger nor nested deeper than anybody means to."""
    size = len(msgspec.json.encode(value))
    if size > LARGEST_DATA:
        raise ValueError(f"This has {size} bytes; at most {LARGEST_DATA} are taken.")
    level: list[Any] = [value]
    for _ in range(DEEPEST_DATA):
        level = [inner for outer in level for inner in _containers(outer)]
        if not level:
            return value
    raise ValueError(f"This is nested more than {DEEPEST_DATA} levels deep.")


def _containers(value: Any) -> Iterable[Any]:
    items = value.values() if isinstance(value, dict) else value
    return (item for item in items if isinstance(item, dict | list))
