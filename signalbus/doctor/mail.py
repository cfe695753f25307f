"""The mail server of the consoles: it is asked, and given no mail."""

from collections.abc import Iterator
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection

from signalbus.doctor.findings import Finding, fail, ok
from tenants.operators import mail

NAME = "SIGNALBUS_EMAIL_URL"


def probe() -> Iterator[Finding]:
    """Connect, with TLS and the log-in that are set."""
    if not mail.is_set_up():
        yield ok(f"{NAME} is not set: links of invitations are only shown.")
        return
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with get_connection():
            yield ok(f"The consoles' mail server answers at {place}.")
    except (OSError, SMTPException) as error:
        says = f"The consoles' mail server does not answer as it should at {place}: {error}."
        yield fail(says, f"Correct {NAME}; until then invitations and links are only shown.")
