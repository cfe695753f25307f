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
from tenants.operators.backend import role_of

BY = "."  # between whose link it is and who made it
Parts = tuple[str, str]  # of a link: whose it is, and its secret


class _Secrets(PasswordResetTokenGenerator):
    """Django's, good in the console alone that they were made in.

    They end with their time, with the next log-in, and with another password or address; one that
    an owner has made for somebody else ends with the owner's log-in or role as well.
    """

    key_salt = "tenants.operators.new_passwords"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        maker = getattr(user, "link_maker", None)
        made = f"{maker.pk} {maker.is_active} {role_of(maker)} " if maker else ""
        return f"{current_schema()} {made}{super()._make_hash_value(user, timestamp)}"


SECRETS = _Secrets()


def link_of(user: Any, maker: Any = None) -> Parts:
    """The parts of a new link for the user, and by whom if not by them. Nothing of it is stored."""
    user.link_maker = maker
    whose = f"{user.pk}{BY}{maker.pk}" if maker else f"{user.pk}"
    return urlsafe_base64_encode(force_bytes(whose)), SECRETS.make_token(user)


def people_at(email: str) -> Sequence[Any]:
    """Those who may log in and have this address."""
    users = get_user_model().objects.filter(email__iexact=email, is_active=True)
    return [user for user in users if user.has_usable_password()]


def person_of(part: str) -> Any:
    """Whose link it is; None for nobody who may log in."""
    try:
        whose, _, by = urlsafe_base64_decode(part).decode().partition(BY)
        user = _active().filter(pk=int(whose)).first()
        maker = _active().filter(pk=int(by)).first() if by else None
    except (ValueError, OverflowError, ValidationError):
        return None
    if user and by:
        user.link_maker = maker
    return user if maker or not by else None


def _active() -> Any:
    return get_user_model().objects.select_related("operator").filter(is_active=True)


def hours() -> int:
    """How long a link is good for."""
    return settings.PASSWORD_RESET_TIMEOUT // 3600
