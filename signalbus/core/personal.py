"""Whether whoever asks may see whom messages are for and what they say.

A viewer may not: what stands in answers and on pages goes through here. Each request says at its
door whether it `sees`; jobs and workers, which show nothing to anybody, see everything.
"""

from contextvars import ContextVar
from typing import TypeVar

from signalbus.core.masking import mask_address
from signalbus.core.scrubbing import scrub, scrub_value

T = TypeVar("T")
HIDDEN = "hidden"

_sees: ContextVar[bool] = ContextVar("sees_personal_data", default=True)


def set_sees(sees: bool) -> None:
    """Say at the door whether this request may see personal data."""
    _sees.set(sees)


def sees() -> bool:
    """Whether the present request may see personal data."""
    return _sees.get()


def address(text: str) -> str:
    """An address, masked unless it may be seen: `a**@example.org`."""
    return text if not text or _sees.get() else mask_address(text)


def words(text: str) -> str:
    """A text in which addresses and numbers may occur; they are masked unless they may be seen."""
    return text if not text or _sees.get() else scrub(text)


def value(found: T) -> T:
    """The same for something of JSON, down to its innermost texts."""
    return found if _sees.get() else scrub_value("", found)


def content(found: T, otherwise: T) -> T:
    """What a message says or was made of; something else unless it may be seen."""
    return found if _sees.get() else otherwise
