"""A message as an e-mail: text and HTML side by side, and a Message-ID that repeats keep."""

from email.utils import parseaddr

from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import punycode

from delivery.providers.account import Account
from delivery.providers.base import Message


def build(message: Message, account: Account) -> EmailMultiAlternatives:
    """The e-mail that the account is to send."""
    sender = message.sender or account.sender
    mail = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),
        body=message.text,
        from_email=sender,
        to=[message.to],
        reply_to=_reply_to(account),
        headers={**message.headers, "Message-ID": message_id(message.key, sender)},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def message_id(key: str, sender: str) -> str:
    """The same for every attempt, so that mailboxes show a repetition once, where they can."""
    return f"<{key}@{punycode(domain_of(sender))}>"


def domain_of(sender: str) -> str:
    """The domain of an address, which may stand behind a name: `Acme <hello@acme.example>`."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def _reply_to(account: Account) -> list[str]:
    reply_to = account.options.get("reply_to")
    return [str(reply_to)] if reply_to else []
