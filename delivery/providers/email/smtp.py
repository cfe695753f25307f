"""E-mail through an SMTP server, over kept connections."""

import smtplib
import ssl
from collections.abc import Callable

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.account import Account
from delivery.providers.base import Message, Outcome, Provider
from delivery.providers.email.message import build
from delivery.providers.email.smtp_codes import Stage, smtp_error
from delivery.providers.email.smtp_connection import Connection
from delivery.providers.email.smtp_envelope import Envelope, envelope_of
from delivery.providers.email.smtp_opening import Target
from delivery.providers.network_codes import never_sent
from delivery.providers.own_address import dial_of
from delivery.providers.pool import Pool
from delivery.receipts.mail import tags

DEFAULT_PORTS = {"none": 25, "starttls": 587, "tls": 465}
DEFAULT_TIMEOUT = 15.0
IDLE_SECONDS = 30.0  # servers close idle connections after a minute or more; this is sooner
MESSAGES_PER_CONNECTION = 100  # what large servers take before they end a session themselves


class Smtp(Provider):
    """One message a call; connections are shared by the threads that call."""

    kind = "smtp"
    channels = ("email",)

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._target = _target(account)
        self._return_path = str(account.options.get(tags.RETURN_PATH) or "")
        self._pool: Pool[Connection] = Pool(idle_seconds=IDLE_SECONDS)

    def send_one(self, message: Message) -> Outcome:
        try:
            envelope = self._envelope(message)
        except ValueError as error:
            return DeliveryError(
                error_class=ErrorClass.CONTENT_REFUSED, code="message", detail=str(error)
            )
        kept = self._pool.take()
        if kept is not None:
            outcome = self._through(kept, envelope)
            if not kept.was_stale:
                return outcome
        return self._through(Connection(self._target), envelope)

    def close(self) -> None:
        self._pool.close()

    def error_of(self, error: Exception) -> DeliveryError | None:
        """What went wrong while connecting, so before anything was sent."""
        for types, explain in EXPLANATIONS:
            if isinstance(error, types):
                return explain(error)
        return None

    def _envelope(self, message: Message) -> Envelope:
        """With a sender of its own, where bounces are to come back to one."""
        mail = build(message, self.account)
        if not self._return_path:
            return envelope_of(mail)
        mail.extra_headers[tags.HEADER] = tags.tag(message)
        return envelope_of(mail, tags.return_path(self._return_path, message))

    def _through(self, connection: Connection, envelope: Envelope) -> Outcome:
        outcome = connection.deliver(envelope)
        if connection.alive and connection.delivered < MESSAGES_PER_CONNECTION:
            self._pool.put(connection)
        else:
            connection.close()
        return outcome


def _target(account: Account) -> Target:
    options, credentials = account.options, account.credentials
    tls = options.get("tls") or "starttls"
    return Target(
        host=options["host"],
        port=int(options.get("port") or DEFAULT_PORTS[tls]),
        dial=dial_of(account),
        tls=tls,
        context=tls_context(verify=options.get("verify", True)),
        timeout=float(options.get("timeout") or DEFAULT_TIMEOUT),
        helo=options.get("helo") or "",
        username=credentials.get("username") or "",
        password=credentials.get("password") or "",
    )


def tls_context(*, verify: bool) -> ssl.SSLContext:
    """For connections to mail servers; without `verify` any certificate is taken."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _refused(stage: Stage) -> Callable[[Exception], DeliveryError]:
    def explain(error: Exception) -> DeliveryError:
        assert isinstance(error, smtplib.SMTPResponseException)
        return smtp_error(error.smtp_code, error.smtp_error, stage)

    return explain


def _is(error_class: ErrorClass) -> Callable[[Exception], DeliveryError]:
    def explain(error: Exception) -> DeliveryError:
        name = type(error).__name__
        return DeliveryError(error_class=error_class, code=name, detail=f"{name}: {error}")

    return explain


# The first that fits, so the narrower ones come first.
EXPLANATIONS: tuple[tuple[type[Exception], Callable[[Exception], DeliveryError]], ...] = (
    (smtplib.SMTPAuthenticationError, _refused(Stage.LOGIN)),
    (smtplib.SMTPResponseException, _refused(Stage.GREETING)),
    (smtplib.SMTPNotSupportedError, _is(ErrorClass.OUR_ACCOUNT)),  # no STARTTLS, no AUTH
    (smtplib.SMTPServerDisconnected, never_sent),
    (smtplib.SMTPException, _is(ErrorClass.OUR_ACCOUNT)),  # no common way to log in
    (OSError, never_sent),
)
