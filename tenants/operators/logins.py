"""People who log in to a console. Each tenant's are in its schema, the platform's in public."""

import secrets
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from signalbus.core.errors import SignalbusError
from tenants import identity
from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.operators import inviters, sign_ins
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
    user = users.create_user(username, email, chosen, is_staff=True)
    Operator.objects.create(user=user, role=role)
    return NewOperator(username=username, password=chosen)


@transaction.atomic
def set_password(username: str, password: str | None = None) -> NewOperator:
    """Give an operator another password, a random one by default, and end their log-ins.

    Raises OperatorError.
    """
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise OperatorError(f"There is no user {username}.")
    chosen = password or secrets.token_urlsafe(GENERATED_BYTES)
    _check(chosen)
    user.set_password(chosen)
    user.save(update_fields=["password"])
    sign_ins.end_all(user.pk)
    return NewOperator(username=username, password=chosen)


@transaction.atomic
def deactivate(user_id: int, by: int) -> None:
    """Take a log-in away; the user stays, and so does what the history says of them.

    Their own API keys and the links that they made open nothing from then on. Refuses one's own and
    the last owner's, so that a console never loses everybody. Raises OperatorError.
    """
    if user_id == by:
        raise OperatorError("Nobody can deactivate their own log-in: ask another owner.")
    _keep_an_owner(besides=user_id)
    user = get_user_model().objects.get(pk=user_id)
    note(Act.DEACTIVATE, user)
    get_user_model().objects.filter(pk=user_id).update(is_active=False)
    inviters.take_back_all(user.get_username())
    sign_ins.end_all(user_id)
    transaction.on_commit(identity.forget)


@transaction.atomic
def activate(user_id: int) -> None:
    """Give the log-in back."""
    note(Act.ACTIVATE, get_user_model().objects.get(pk=user_id))
    get_user_model().objects.filter(pk=user_id).update(is_active=True)
    transaction.on_commit(identity.forget)


@transaction.atomic
def set_role(user_id: int, role: Role, by: int) -> None:
    """Say what an operator may do from now on, in the console and with their own keys.

    They log in anew for it, and links that they made give no more than the role has. Refuses one's
    own role and to take the last owner's. Raises OperatorError.
    """
    if user_id == by:
        raise OperatorError("Nobody can change their own role: ask another owner.")
    check_role(user_id, role)
    Operator.objects.update_or_create(user_id=user_id, defaults={"role": role})
    user = get_user_model().objects.get(pk=user_id)
    inviters.take_back_beyond(user.get_username(), role)
    sign_ins.end_all(user_id)
    transaction.on_commit(identity.forget)


def check_role(user_id: int, role: Role) -> None:
    """Raise OperatorError where the role would take away the last owner."""
    if role != Role.OWNER:
        _keep_an_owner(besides=user_id)


def _keep_an_owner(besides: int) -> None:
    """Raise OperatorError where this is the last owner who may log in.

    The rows of all of them are locked, so that two owners cannot end each other at the same moment.
    """
    owners = Operator.objects.filter(role=Role.OWNER, user__is_active=True).order_by("user_id")
    held = owners.select_related("user").select_for_update(of=("self", "user"))
    if {owner.user_id for owner in held} == {besides}:
        raise OperatorError("This is the last owner of this console: make another one first.")


def _check(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise OperatorError(" ".join(error.messages)) from error
