"""People who log in to a console. Each tenant's are in its schema, the platform's in public."""

import secrets
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from signalbus.core.errors import SignalbusError
from tenants.operators.models import Operator
from tenants.roles import Role

GENERATED_BYTES = 15


class OperatorError(SignalbusError):
    """An operator that cannot be made as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOperator:
    """A log-in just made, with its password in the clear for the one who asked."""

    username: str
    password: str


@transaction.atomic
def create_operator(
    username: str, password: str | None = None, email: str = "", role: Role = Role.OWNER
) -> NewOperator:
    """Make somebody who may log in to the console of the current schema.

    Without a password a random one is made. Raises OperatorError.
    """
    users = get_user_model().objects
    if users.filter(username=username).exists():
        raise OperatorError(f"The user {username} exists already.")
    chosen = password or secrets.token_urlsafe(GENERATED_BYTES)
    _check(chosen)
    user = users.create_superuser(username, email, chosen)
    Operator.objects.create(user=user, role=role)
    return NewOperator(username=username, password=chosen)


def set_password(username: str, password: str | None = None) -> NewOperator:
    """Give an operator another password, a random one by default. Raises OperatorError."""
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise OperatorError(f"There is no user {username}.")
    chosen = password or secrets.token_urlsafe(GENERATED_BYTES)
    _check(chosen)
    user.set_password(chosen)
    user.save(update_fields=["password"])
    return NewOperator(username=username, password=chosen)


@transaction.atomic
def deactivate(user_id: int, by: int) -> None:
    """Take a log-in away; the user stays, and so does what the history says of them.

    Refuses one's own and the last one, so that a console never loses everybody. The rows of all
    who may log in are locked, so that two operators cannot end each other at the same moment.
    Raises OperatorError.
    """
    users = get_user_model().objects
    active = users.filter(is_active=True, is_superuser=True).order_by("pk").select_for_update()
    remaining = {user.pk for user in active} - {user_id}
    if user_id == by:
        raise OperatorError("Nobody can deactivate their own log-in: ask another operator.")
    if not remaining:
        raise OperatorError("This is the last log-in of this console: add another user first.")
    users.filter(pk=user_id).update(is_active=False)


def activate(user_id: int) -> None:
    """Give the log-in back."""
    get_user_model().objects.filter(pk=user_id).update(is_active=True)


def _check(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise OperatorError(" ".join(error.messages)) from error
