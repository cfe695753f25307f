"""Every e-mail service that anymail speaks to, as kinds of accounts.

The names of options and credentials are those that anymail's backends take (their `__init__`,
django-anymail 15.2); a test compares this table with the backends that are installed.
"""

from dataclasses import dataclass

from delivery.providers.email import hooks
from delivery.providers.email.smtp_kind import DKIM, SENDER, TIME_OUT
from delivery.providers.kinds import Field, Kind, Type

DRIVER = "delivery.providers.email.anymail_driver.Anymail"
API_URL = Field(
    name="api_url", label="Base address", type=Type.URL, help="Instead of the service's usual one."
)
OWN_API_URL = Field(name="api_url", label="Base address", type=Type.URL, required=True)
API_KEY = Field(name="api_key", label="API key", required=True)
API_TOKEN = Field(name="api_token", label="API token", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Esp:
    """How a service takes what a message brings along.

    `metadata`: it hands our ids back in its receipts. `key_header`, `key_field`: where it
    takes an idempotency key, as an HTTP header or as a field of its JSON.
    """

    name: str
    label: str
    credentials: tuple[Field, ...] = (API_KEY,)
    options: tuple[Field, ...] = ()
    api_url: Field | None = API_URL
    metadata: bool = True
    key_header: str = ""
    key_field: str = ""

    @property
    def backend(self) -> str:
        """The dotted path of anymail's backend."""
        return f"anymail.backends.{self.name}.EmailBackend"

    @property
    def kind(self) -> Kind:
        addresses = (self.api_url,) if self.api_url else ()
        known = hooks.BY_NAME.get(self.name)
        hook = known.hook if known else None
        return Kind(
            name=self.name,
            label=self.label,
            channels=("email",),
            driver=DRIVER,
            options=(
                *SENDER,
                *self.options,
                *addresses,
                TIME_OUT,
                *DKIM,
                *(hook.options if hook else ()),
            ),
            credentials=(*self.credentials, *(hook.credentials if hook else ())),
            hook=hook,
        )


ESPS = (
    Esp(
        name="amazon_ses",
        label="Amazon SES",
        credentials=(
            Field(name="aws_access_key_id", label="Access key id", required=True),
            Field(name="aws_secret_access_key", label="Secret access key", required=True),
            Field(name="aws_session_token", label="Session token"),
        ),
        options=(
            Field(name="region_name", label="Region", required=True, help="Such as eu-west-1."),
            Field(name="configuration_set_name", label="Configuration set"),
            Field(name="endpoint_url", label="Base address", type=Type.URL),
        ),
        api_url=None,
    ),
    Esp(name="brevo", label="Brevo"),
    Esp(name="mailersend", label="MailerSend", credentials=(API_TOKEN,), metadata=False),
    Esp(
        name="mailgun",
        label="Mailgun",
        options=(
            Field(name="sender_domain", label="Domain", help="Taken from the sender if empty."),
        ),
    ),
    Esp(
        name="mailjet",
        label="Mailjet",
        credentials=(API_KEY, Field(name="secret_key", label="Secret key", required=True)),
    ),
    Esp(
        name="mailtrap",
        label="Mailtrap",
        credentials=(API_TOKEN,),
        options=(Field(name="sandbox_id", label="Sandbox id"),),
    ),
    Esp(name="mandrill", label="Mandrill (Mailchimp Transactional)"),
    Esp(name="postal", label="Postal", api_url=OWN_API_URL, metadata=False),
    Esp(
        name="postmark",
        label="Postmark",
        credentials=(Field(name="server_token", label="Server token", required=True),),
        options=(Field(name="message_stream", label="Message stream"),),
    ),
    # https://resend.com/docs/dashboard/emails/idempotency-keys
    Esp(name="resend", label="Resend", key_header="Idempotency-Key"),
    Esp(
        name="scaleway",
        label="Scaleway",
        credentials=(Field(name="secret_key", label="Secret key", required=True),),
        options=(
            Field(name="project_id", label="Project id", required=True),
            Field(name="region", label="Region", help="fr-par if empty."),
        ),
    ),
    Esp(name="sendgrid", label="SendGrid"),
    Esp(
        name="sparkpost",
        label="SparkPost",
        options=(Field(name="subaccount", label="Subaccount", type=Type.WHOLE),),
    ),
    # https://godocs.unisender.ru/web-api-ref#email-send (idempotence_key, up to 64 characters)
    Esp(
        name="unisender_go",
        label="Unisender Go",
        api_url=OWN_API_URL,
        key_field="idempotence_key",
    ),
)
KINDS = tuple(esp.kind for esp in ESPS)
BY_NAME = {esp.name: esp for esp in ESPS}
