"""The second factor: codes that an app shows (TOTP, RFC 6238), with recovery codes beside."""

import os
from base64 import b32encode
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction

from signalbus.core.crypto import SecretError
from tenants import identity
from tenants.identity import TenantIdentity
from tenants.models import Tenant
from tenants.operators import recovery, sign_ins
from tenants.operators.logins import OperatorError
from tenants.operators.models import LONGEST_KEY, Authenticator, SignIn

SECRET_BYTES = 20  # what RFC 4226 recommends
DIGITS = 6
APP = "app"


class TwoFactorError(OperatorError):
    """A second factor that cannot be set up as asked."""


def is_required(tenant: TenantIdentity | None) -> bool:
    """Whether everybody at this console needs one; None is the platform's."""
    return tenant.two_factor_required if tenant else bool(settings.PLATFORM_TWO_FACTOR)


@transaction.atomic
def require(tenant_id: int, wanted: bool) -> None:
    """Say whether the tenant's people need one, from their next page on."""
    tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
    tenant.two_factor_required = wanted
    tenant.save(update_fields=["two_factor_required"])
    transaction.on_commit(identity.forget)


def is_on(user_id: int) -> bool:
    """Whether the user logs in with one."""
    return Authenticator.objects.filter(user_id=user_id, confirmed=True).exists()


@transaction.atomic
def start(user_id: int) -> Authenticator:
    """A new one that waits for its first code. Raises TwoFactorError and SecretError."""
    if is_on(user_id):
        raise TwoFactorError("The second factor is on already: switch it off first.")
    Authenticator.objects.filter(user_id=user_id, confirmed=False).delete()
    made = Authenticator(user_id=user_id, name=APP, confirmed=False)
    made.seal(os.urandom(SECRET_BYTES))
    if len(made.key) > LONGEST_KEY:
        raise TwoFactorError(
            "The first key of SIGNALBUS_ENCRYPTION_KEYS has too long a name: give it a shorter one."
        )
    made.save()
    return made


def waiting(user_id: int) -> Authenticator | None:
    """The one that waits for its first code; none where no key opens it, it is begun anew then."""
    found = Authenticator.objects.filter(user_id=user_id, confirmed=False).first()
    try:
        return found if found and found.bin_key else None
    except SecretError:
        return None


@transaction.atomic
def confirm(user_id: int, code: str, here: SignIn) -> tuple[Authenticator, list[str]] | None:
    """Switch it on by a first code, and end all other log-ins; with it the recovery codes.

    None where the code is wrong.
    """
    held = _locked(user_id, confirmed=False)
    if held is None or not held.verify_token(_plain(code)):
        return None
    held.confirmed = True
    held.save(update_fields=["confirmed"])
    sign_ins.end_all(user_id, besides=here)
    return held, recovery.renew(user_id)


@transaction.atomic
def verify(user_id: int, code: str) -> Any:
    """The device that the code is of, from the app or a recovery code; None for a wrong one.

    No code is good twice: the app's moves the device's clock on, the others are used up. Raises
    SecretError where no key opens what the app's codes are compared with.
    """
    plain = _plain(code)
    if not (len(plain) == DIGITS and plain.isascii() and plain.isdigit()):
        return recovery.use(user_id, plain)
    held = _locked(user_id, confirmed=True)
    if held is None or not held.verify_token(plain):
        return None
    held.seal_anew()
    return held


@transaction.atomic
def switch_off(user_id: int) -> None:
    """Let the user log in by the password alone."""
    Authenticator.objects.filter(user_id=user_id).delete()
    recovery.forget(user_id)


@transaction.atomic
def reset(user_id: int) -> None:
    """The same for somebody who has lost theirs, or whose was found; their log-ins end."""
    switch_off(user_id)
    sign_ins.end_all(user_id)


def secret_of(device: Authenticator) -> str:
    """What is typed into an app that cannot read the picture."""
    return b32encode(device.bin_key).decode()


def address_of(device: Authenticator, issuer: str, username: str) -> str:
    """What the picture says, as all apps read it: `otpauth://totp/…`."""
    query = {"secret": secret_of(device), "issuer": issuer}
    return f"otpauth://totp/{quote(f'{issuer}:{username}')}?{urlencode(query, quote_via=quote)}"


def _locked(user_id: int, *, confirmed: bool) -> Authenticator | None:
    rows = Authenticator.objects.filter(user_id=user_id, confirmed=confirmed)
    return rows.select_for_update().first()


def _plain(code: str) -> str:
    """The code without what people write between its groups."""
    return "".join(code.split()).replace("-", "").lower()
