"""Mail of Signalbus itself to the people of its consoles. Notifications go out by accounts."""

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from signalbus.core.errors import SignalbusError
from signalbus.core.logs import get_logger

log = get_logger(__name__)
UNSET = "No mail went out: whoever runs the installation has not set SIGNALBUS_EMAIL_URL."


class MailError(SignalbusError):
    """A mail that did not go out, and why."""


def send(to: str, subject: str, text: str) -> None:
    """Send a mail at once. Raises MailError."""
    if not settings.EMAIL_HOST:
        raise MailError(UNSET)
    try:
        EmailMessage(subject, text, to=[to]).send()
    except (OSError, SMTPException) as error:
        log.warning("A mail of the console did not go out.", to=to, error=str(error))
        raise MailError(f"No mail went out: the mail server said {error}.") from error
