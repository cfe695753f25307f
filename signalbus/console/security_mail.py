"""What somebody is told by mail of their own log-in: so that they notice what was not them."""

from typing import Any

from django.http import HttpRequest

from signalbus.console.navigation import tenant_name
from tenants.operators import mail

SUBJECT = "Your log-in to the Signalbus console of {console}"
TEXT = """\
{what}. This is about the user {username} in the
Signalbus console of {console}.

If that was you, there is nothing to do. If not, choose another password now, look at where you are
logged in, and tell an owner of the console.
"""
ADDED = "A second factor was set up"
REMOVED = "The second factor was taken away"
RECOVERED = "A recovery code was used to log in: {left} are left"


def tell(request: HttpRequest, user: Any, what: str) -> None:
    """Send it while the answer goes out, where mail is set up and the user has an address."""
    if not (mail.is_set_up() and user.email):
        return
    console = tenant_name(request)
    text = TEXT.format(what=what, username=user.get_username(), console=console)
    mail.send_later(user.email, SUBJECT.format(console=console), text)
