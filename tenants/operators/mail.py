"""Mail of Signalbus itself to the people of its consoles. Notifications go out by accounts."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from signalbus.core.errors import SignalbusError
from signalbus.core.logs import get_logger

log = get_logger(__name__)
UNSET = "No mail went out: whoever runs the installation has not set SIGNALBUS_EMAIL_URL."
SLOW = "The mail server has not answered yet: the mail may still go out."
AT_ONCE = 2  # mails of a process
PATIENCE = 3.0  # seconds that a page waits for the mail server; no answer may take five

_later = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="console-mail")


class MailError(SignalbusError):
    """A mail that did not go out, and why."""


def is_set_up() -> bool:
    """Whether mail goes out at all."""
    return bool(settings.EMAIL_HOST)


def send(to: str, subject: str, text: str) -> None:
    """Send a mail, and wait a moment to see whether it went out. Raises MailError."""
    try:
        _later.submit(_deliver, to, subject, text).result(PATIENCE)
    except NotYet as error:
        raise MailError(SLOW) from error


def _deliver(to: str, subject: str, text: str) -> None:
    if not is_set_up():
        raise MailError(UNSET)
    try:
        EmailMessage(subject, text, to=[to]).send()
    except (OSError, SMTPException) as error:
        log.warning("A mail of the console did not go out.", to=to, error=str(error))
        raise MailError(f"No mail went out: the mail server said {error}.") from error


def send_later(to: str, subject: str, text: str) -> None:
    """Send a mail while the answer goes out, so that nobody waits for the mail server, and the time
    of an answer does not tell who gets mail.

    Where it fails, only the log says so.
    """
    _later.submit(_tried, to, subject, text)


def _tried(to: str, subject: str, text: str) -> None:
    try:
        _deliver(to, subject, text)
    except MailError:
        pass  # it is in the log, and nobody waits for an answer
    except Exception:
        log.exception("A mail of the console did not go out.", to=to)
