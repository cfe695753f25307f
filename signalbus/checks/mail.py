"""Checks of the mail that goes to the people of the consoles."""

from collections.abc import Iterator
from email.utils import parseaddr

from django.conf import settings
from django.core.checks import CheckMessage

from signalbus.checks.words import doubtful, wrong

SENDER = "SIGNALBUS_EMAIL_FROM"
REMEDY = "Write an address that your mail server may send for, such as signalbus@example.org."


def check_sender() -> Iterator[CheckMessage]:
    """Servers refuse, or throw away, what comes from nowhere."""
    if not settings.EMAIL_HOST:
        return
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    name, _, domain = address.rpartition("@")
    if not (name and domain):
        yield wrong(SENDER, f"names no address: {settings.DEFAULT_FROM_EMAIL}", REMEDY)
    elif domain == "localhost":
        what = f"is {address}, but mail goes out by {settings.EMAIL_HOST}, which may refuse that."
        yield doubtful(SENDER, what, REMEDY)
