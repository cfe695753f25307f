"""Resend, whose hooks are signed by Svix.

Source: https://docs.svix.com/receiving/verifying-payloads/how-manual. Anymail would check it with
a package of Svix's own, for these few lines.
"""

import base64
import hashlib
import hmac
import time
from typing import Any

from django.http import HttpRequest

from delivery.receipts.readers import proofs
from delivery.receipts.readers.base import INBOUND, unproven
from delivery.receipts.readers.esp import PASSWORD, EspReader

PREFIX = "whsec_"
SECONDS_OFF = 300  # Svix's own tolerance: a repetition is signed anew


class ResendReader(EspReader):
    """Checks the signature where the account has a secret for it, else user and password."""

    def check(self, view: Any, request: HttpRequest) -> None:
        super().check(view, request)
        name = "inbound_secret" if INBOUND in request.GET else "signing_secret"
        secret = proofs.given(self.account, name)
        if secret and not is_signed(request, secret):
            raise unproven("The signature of the request is missing, not valid, or too old.")
        if not secret and not self.password:
            raise unproven(f"The account has no `{name}`.")

    def proving(self, *, inbound: bool) -> dict[str, Any]:  # noqa: ARG002
        return {PASSWORD: self.password} if self.password else {}


def is_signed(request: HttpRequest, secret: str) -> bool:
    """Whether one of the request's signatures is by that secret, and from now."""
    moment = request.headers.get("svix-timestamp", "")
    if not _is_recent(moment):
        return False
    signed = f"{request.headers.get('svix-id', '')}.{moment}.".encode() + request.body
    expected = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest())
    given = request.headers.get("svix-signature", "").split()
    return any(hmac.compare_digest(each.encode(), b"v1," + expected) for each in given)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX))
    except ValueError as error:
        raise unproven("The account's secret is not one of Resend's: whsec_….") from error


def _is_recent(moment: str) -> bool:
    seconds = proofs.seconds(moment)
    return seconds is not None and abs(time.time() - seconds) <= SECONDS_OFF
