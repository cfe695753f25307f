"""The mail that invites somebody to a console."""

from tenants.operators import mail
from tenants.operators.models import Invitation

SUBJECT = "Your place in the Signalbus console of {console}"
TEXT = """\
{by} invites you to the Signalbus console of {console}, as {role}.

Open this link within three days and choose how you log in:

{link}

It works once. If you do not know what this is about, let it lapse.
"""


def send(invitation: Invitation, console: str, link: str) -> None:
    """Send the link of an invitation to the console of that name. Raises MailError."""
    mail.send(invitation.email, *_letter(invitation, console, link))


def send_later(invitation: Invitation, console: str, link: str) -> None:
    """The same, without waiting for it."""
    mail.send_later(invitation.email, *_letter(invitation, console, link))


def _letter(invitation: Invitation, console: str, link: str) -> tuple[str, str]:
    words = {"by": invitation.invited_by, "role": invitation.role, "link": link}
    return SUBJECT.format(console=console), TEXT.format(console=console, **words)
