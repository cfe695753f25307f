"""What follows from a log-in and a log-out, whichever page or program they come from."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from tenants.operators import sign_ins


@receiver(user_logged_in)
def begin(request: HttpRequest, user: Any, **_: Any) -> None:
    sign_ins.begin(request, user)


@receiver(user_logged_out)
def end(request: HttpRequest, **_: Any) -> None:
    sign_ins.end_here(request)
