"""How the receipts of each e-mail service come in: by anymail's webhook views, and what proves
that it was the service.

Names of credentials are those that anymail's views take (their `__init__`, django-anymail 15.2).
Sources of `setup`: each service's documentation of webhooks, as linked in docs/receipts.md.
"""

import re
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_public_key

from delivery.providers.kinds import Field, Hook, Type

READER = "delivery.receipts.readers.esp.EspReader"
AMAZON_READER = "delivery.receipts.readers.amazon.AmazonReader"
NO_BASE64 = re.compile(r"-----[A-Z ]+-----|\s")
MAILGUN_READER = "delivery.receipts.readers.mailgun.MailgunReader"
RESEND_READER = "delivery.receipts.readers.resend.ResendReader"


def pem(key: str) -> str:
    """The base64 of a public key, whether it came with PEM's first and last line or without."""
    return NO_BASE64.sub("", key)


def _is_pair(value: Any) -> str:
    user, colon, password = str(value).partition(":")
    return "" if user and colon and password else "Write it as user:password."


def _is_public_key(value: Any) -> str:
    text = f"-----BEGIN PUBLIC KEY-----\n{pem(str(value))}\n-----END PUBLIC KEY-----"
    try:
        load_pem_public_key(text.encode())
    except ValueError:
        return "This is no public key: copy the base64 text that the service shows."
    return ""


BASIC = Field(
    name="webhook_secret",
    label="User and password of the hook",
    check=_is_pair,
    help="For receipts: as user:password, chosen by you and put into the address of the hook.",
)
PASSWORD_ONLY = ("webhook_secret",)


def _secret(name: str, label: str, help_text: str) -> Field:
    return Field(name=name, label=label, help=f"For receipts: {help_text}")


def _public_key(name: str, help_text: str) -> Field:
    return Field(
        name=name,
        label="Public key of the hook",
        type=Type.LINES,
        check=_is_public_key,
        help=f"For receipts: {help_text}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EspHook:
    """A service's hook. `view` is the beginning of the names of anymail's view classes.

    `signs`: the credentials that a signature is checked by, beside or in place of user and
    password; `signs_inbound` likewise. `receives`: whether anymail reads its inbound messages.
    """

    name: str
    view: str
    setup: str
    reader: str = READER
    options: tuple[Field, ...] = ()
    credentials: tuple[Field, ...] = (BASIC,)
    signs: tuple[str, ...] = ()
    signs_inbound: tuple[str, ...] = ()
    needs_signature: bool = False
    receives: bool = True

    @property
    def tracking(self) -> str:
        """The dotted path of anymail's view of receipts."""
        return self._path("Combined" if self.name == "mandrill" else "Tracking")

    @property
    def inbound(self) -> str:
        """The dotted path of anymail's view of inbound messages."""
        return self._path("Combined" if self.name == "mandrill" else "Inbound")

    @property
    def hook(self) -> Hook:
        return Hook(
            reader=self.reader,
            setup=self.setup,
            proofs=self._proofs(self.signs),
            inbound_proofs=self._proofs(self.signs_inbound) if self.receives else (),
            options=self.options,
            credentials=self.credentials,
        )

    def _proofs(self, signing: tuple[str, ...]) -> tuple[str, ...]:
        return signing if self.needs_signature else (*signing, *PASSWORD_ONLY)

    def _path(self, word: str) -> str:
        return f"anymail.webhooks.{self.name}.{self.view}{word}WebhookView"


HOOKS = (
    EspHook(
        name="amazon_ses",
        view="AmazonSES",
        reader=AMAZON_READER,
        setup=(
            "Make an SNS topic, have SES publish deliveries, bounces, complaints, rejects and "
            "delivery delays to it (configuration set, event destination), and subscribe the "
            "address to the topic over HTTPS, without raw message delivery. The subscription is "
            "confirmed by itself."
        ),
        options=(
            Field(
                name="topic_arn",
                label="SNS topic",
                help="For receipts: the ARN of the topic that SES publishes to.",
            ),
        ),
        signs=("topic_arn",),
        signs_inbound=("topic_arn",),
    ),
    EspHook(
        name="brevo",
        view="Brevo",
        setup=(
            "Transactional, Settings, Webhooks: add the address with user and password, for "
            "delivered, soft and hard bounce, deferred, blocked, invalid email, error, complaint "
            "and unsubscribed."
        ),
    ),
    EspHook(
        name="mailersend",
        view="MailerSend",
        setup=(
            "Domains, the domain, Webhooks: add the address for delivered, soft and hard bounced, "
            "spam complaints and unsubscribed; its signing secret goes into this account."
        ),
        credentials=(
            _secret("signing_secret", "Signing secret", "that of the webhook."),
            _secret("inbound_secret", "Inbound secret", "that of the inbound route."),
            BASIC,
        ),
        signs=("signing_secret",),
        signs_inbound=("inbound_secret",),
        needs_signature=True,
    ),
    EspHook(
        name="mailgun",
        view="Mailgun",
        reader=MAILGUN_READER,
        setup=(
            "Sending, Webhooks: add the address for delivered, permanent and temporary failure, "
            "spam complaints and unsubscribes; the HTTP webhook signing key goes into this account."
        ),
        credentials=(
            _secret("webhook_signing_key", "Signing key", "the HTTP webhook signing key."),
            BASIC,
        ),
        signs=("webhook_signing_key",),
        signs_inbound=("webhook_signing_key",),
        needs_signature=True,
    ),
    EspHook(
        name="mailjet",
        view="Mailjet",
        setup=(
            "Account settings, Event notifications: the address with user and password, for sent, "
            "bounce, blocked, spam and unsub."
        ),
    ),
    EspHook(
        name="mailtrap",
        view="Mailtrap",
        setup=(
            "Settings, Webhooks: the address for delivery, bounce, soft bounce, suspension, "
            "reject, spam complaint and unsubscribe; its signature secret goes into this account."
        ),
        credentials=(
            _secret("tracking_secret", "Signature secret", "that of the webhook."),
            _secret("inbound_secret", "Inbound secret", "that of the inbound webhook."),
            BASIC,
        ),
        signs=("tracking_secret",),
        signs_inbound=("inbound_secret",),
    ),
    EspHook(
        name="mandrill",
        view="Mandrill",
        setup=(
            "Settings, Webhooks: the address for delivered, delayed, bounced, soft-bounced, "
            "rejected, spam and unsub; its key goes into this account."
        ),
        credentials=(_secret("webhook_key", "Webhook key", "the key of the webhook."), BASIC),
        signs=("webhook_key",),
        signs_inbound=("webhook_key",),
        needs_signature=True,
    ),
    EspHook(
        name="postal",
        view="Postal",
        setup=(
            "The mail server, Webhooks: the address for all events; Postal's public key "
            "(postal default-dkim-record, p=) goes into this account."
        ),
        credentials=(_public_key("webhook_key", "what stands behind p= in its DKIM record."),),
        signs=("webhook_key",),
        signs_inbound=("webhook_key",),
        needs_signature=True,
    ),
    EspHook(
        name="postmark",
        view="Postmark",
        setup=(
            "The server, its message stream, Webhooks: the address with user and password, for "
            "delivery, bounce, spam complaint and subscription change."
        ),
    ),
    EspHook(
        name="resend",
        view="Resend",
        reader=RESEND_READER,
        setup=(
            "Webhooks: the address for email.delivered, delivery_delayed, bounced, complained; "
            "its signing secret goes into this account."
        ),
        credentials=(
            _secret("signing_secret", "Signing secret", "that of the webhook, whsec_…"),
            _secret("inbound_secret", "Inbound secret", "that of the webhook of email.received."),
            BASIC,
        ),
        signs=("signing_secret",),
        signs_inbound=("inbound_secret",),
    ),
    EspHook(
        name="sendgrid",
        view="SendGrid",
        setup=(
            "Settings, Mail settings, Event webhook: the address for delivered, deferred, "
            "bounced, dropped, spam reports and unsubscribes; with the signed event webhook, its "
            "verification key goes into this account."
        ),
        credentials=(
            _public_key("tracking_webhook_verification_key", "the verification key."),
            BASIC,
        ),
        signs=("tracking_webhook_verification_key",),
    ),
    EspHook(
        name="sparkpost",
        view="SparkPost",
        setup=(
            "Configuration, Webhooks: the address with basic authentication, for delivery, "
            "bounce, out of band, delay, policy rejection, spam complaint, generation failure and "
            "rejection, list and link unsubscribe."
        ),
    ),
    EspHook(
        name="unisender_go",
        view="UnisenderGo",
        setup=(
            "Settings, Webhooks: the address for delivered, soft and hard bounced, spam and "
            "unsubscribed. It is signed with the API key of this account."
        ),
        signs=("api_key",),
        needs_signature=True,
        receives=False,
    ),
)
BY_NAME = {hook.name: hook for hook in HOOKS}
NAMES = frozenset(
    field.name for hook in HOOKS for field in (*hook.options, *hook.credentials)
)  # which anymail's backends do not know
