"""Links to a new password, for those who have forgotten theirs: good once, and for two hours."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from tenants.context import current_schema

Parts = tuple[str, str]  # of a link: whose it is, and its secret


class _Secrets(PasswordResetTokenGenerator):
    """Django's, good in the console alone that they were made in.

    They end with their time, with the next log-in, and with another password or address.
    """

    key_salt = "tenants.operators.new_passwords"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{current_schema()} {super()._make_hash_value(user, timestamp)}"


SECRETS = _Secrets()


def link_of(user: Any) -> Parts:
    """The parts of a new link for the user. Nothing of it is stored."""
    return urlsafe_base64_encode(force_bytes(user.pk)), SECRETS.make_token(user)


def people_at(email: str) -> Sequence[Any]:
    """Those who may log in and have this address."""
    users = get_user_model().objects.filter(email__iexact=email, is_active=True)
    return [user for user in users if user.has_usable_password()]


def person_of(part: str) -> Any:
    """Whose link it is; None for nobody who may log in."""
    try:
        pk = int(urlsafe_base64_decode(part).decode())
        return get_user_model().objects.filter(pk=pk, is_active=True).first()
    except (ValueError, OverflowError, ValidationError):
        return None


def hours() -> int:
    """How long a link is good for."""
    return settings.PASSWORD_RESET_TIMEOUT // 3600
