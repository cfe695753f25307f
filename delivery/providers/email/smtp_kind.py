"""SMTP as a kind of account."""

from typing import Any

from delivery.providers.kinds import Field, Kind, Type
from delivery.receipts.mail.tags import LONGEST_LOCAL, RETURN_PATH, SEPARATOR

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
DKIM = (
    Field(
        name="dkim_selector",
        label="DKIM selector",
        help="For checking the sender's domain: the name before ._domainkey; or several, with "
        "commas between them.",
    ),
)
TIME_OUT = Field(
    name="timeout",
    label="Time-out",
    type=Type.NUMBER,
    most=120,
    help="Seconds for each step; 15 if empty.",
)
TLS_MODES = ("none", "starttls", "tls")


def _return_path(value: Any) -> str:
    local, _, _ = str(value).rpartition("@")
    if "<" in str(value) or SEPARATOR in local:
        return f"Write the address alone and without {SEPARATOR}, such as bounces@acme.example."
    if len(local) > LONGEST_LOCAL:
        return f"At most {LONGEST_LOCAL} characters may stand before the @: a tag is added to them."
    return ""


# Bounces of an SMTP server come as mail, to the return path; this mailbox is looked into.
BOUNCES = (
    Field(
        name=RETURN_PATH,
        label="Return path",
        type=Type.MAILBOX,
        check=_return_path,
        help="For bounces: the address they go to. Each message gets its own, as in "
        "bounces+tag@acme.example; the mailbox must take these too.",
    ),
    Field(
        name="imap_host",
        label="IMAP host",
        type=Type.HOST,
        help="For bounces: where that mailbox is read.",
    ),
    Field(
        name="imap_port",
        label="IMAP port",
        type=Type.WHOLE,
        most=65535,
        help="By TLS mode if empty: 143, 143 or 993.",
    ),
    Field(name="imap_tls", label="IMAP TLS", choices=TLS_MODES, help="tls if empty."),
    Field(name="imap_folder", label="IMAP folder", help="INBOX if empty."),
    Field(
        name="imap_delete",
        label="Delete what was read",
        type=Type.BOOLEAN,
        help="Reports are deleted once they are read, in place of being marked as seen.",
    ),
)
MAILBOX_LOGIN = (
    Field(name="imap_username", label="IMAP user name", help="The account's user name if empty."),
    Field(name="imap_password", label="IMAP password", help="The account's password if empty."),
)

KIND = Kind(
    name="smtp",
    label="SMTP",
    channels=("email",),
    driver="delivery.providers.email.smtp.Smtp",
    options=(
        *SENDER,
        Field(name="host", label="Host", type=Type.HOST, required=True),
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
        *BOUNCES,
        *DKIM,
    ),
    credentials=(
        Field(name="username", label="User name"),
        Field(name="password", label="Password"),
        *MAILBOX_LOGIN,
    ),
)
