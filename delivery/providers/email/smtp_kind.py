"""SMTP as a kind of account."""

from delivery.providers.kinds import Field, Kind, Type

SENDER = (
    Field(
        name="from",
        label="Sender",
        type=Type.MAILBOX,
        required=True,
        help='Such as "Acme <hello@acme.example>".',
    ),
    Field(name="reply_to", label="Reply to", type=Type.MAILBOX, help="Address that answers go to."),
)
TIME_OUT = Field(
    name="timeout",
    label="Time-out",
    type=Type.NUMBER,
    most=120,
    help="Seconds for each step; 15 if empty.",
)
TLS_MODES = ("none", "starttls", "tls")

KIND = Kind(
    name="smtp",
    label="SMTP",
    channels=("email",),
    driver="delivery.providers.email.smtp.Smtp",
    options=(
        *SENDER,
        Field(name="host", label="Host", required=True),
        Field(
            name="port",
            label="Port",
            type=Type.WHOLE,
            most=65535,
            help="By TLS mode if empty: 25, 587 or 465.",
        ),
        Field(name="tls", label="TLS", choices=TLS_MODES, help="starttls if empty."),
        Field(
            name="verify",
            label="Verify the certificate",
            type=Type.BOOLEAN,
            help="True if empty; false takes any certificate, such as a self-signed one.",
        ),
        Field(name="helo", label="HELO name", help="This machine's name if empty."),
        TIME_OUT,
    ),
    credentials=(
        Field(name="username", label="User name"),
        Field(name="password", label="Password"),
    ),
)
