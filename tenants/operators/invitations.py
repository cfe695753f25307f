"""Invitations: a link, sent by mail or handed over, that makes somebody an operator once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.keys import digest_of
from tenants.operators import inviters
from tenants.operators.logins import NewOperator, OperatorError, create_operator
from tenants.operators.models import Invitation
from tenants.roles import Role

LIFETIME = timedelta(days=3)
SECRET_BYTES = 24
PENDING, EXPIRED = "pending", "expired"
NO_LONGER = "This link is no longer good: it was used, taken back or replaced, or is too old."


class InvitationError(OperatorError):
    """An invitation that cannot be made, or no longer be taken up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """An invitation with the secret of its link, which is nowhere else."""

    invitation: Invitation
    secret: str


def state_of(invitation: Invitation) -> str:
    """What the link is good for at this moment, in a word."""
    if invitation.accepted_at:
        return "accepted"
    if invitation.revoked_at:
        return "revoked"
    return EXPIRED if invitation.expires_at <= timezone.now() else PENDING


@transaction.atomic
def invite(email: str, role: Role, by: str) -> NewInvitation:
    """Invite somebody; an open invitation to the same address gives way. Raises InvitationError."""
    if get_user_model().objects.filter(email__iexact=email, is_active=True).exists():
        raise InvitationError(f"{email} belongs to somebody who can log in already.")
    inviters.take_back(
        inviters.open_ones().filter(email__iexact=email), "another one took its place"
    )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = Invitation.objects.create(
        email=email,
        role=role,
        digest=digest_of(secret),
        invited_by=by,
        expires_at=timezone.now() + LIFETIME,
    )
    return NewInvitation(invitation=made, secret=secret)


@transaction.atomic
def renew(invitation: Invitation) -> NewInvitation:
    """Another link with a new time; the former one is good for nothing any more.

    Raises InvitationError where it was accepted or revoked.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if state_of(held) not in (PENDING, EXPIRED):
        raise InvitationError(f"It is {state_of(held)}: invite them anew.")
    held.digest = digest_of(secret)
    held.expires_at = timezone.now() + LIFETIME
    held.save(update_fields=["digest", "expires_at"])
    return NewInvitation(invitation=held, secret=secret)


@transaction.atomic
def revoke(invitation: Invitation) -> None:
    """Take an invitation back. Raises InvitationError where it was accepted."""
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if not rows.update(revoked_at=timezone.now()):
        raise InvitationError("It is accepted: deactivate the user instead.")
    note(Act.REVOKE, invitation)


def of_secret(secret: str) -> Invitation:
    """The open invitation whose link has this secret. Raises InvitationError."""
    return _found(inviters.open_ones(), secret)


@transaction.atomic
def accept(secret: str, username: str, password: str) -> NewOperator:
    """Make the invited an operator, once. Raises InvitationError and OperatorError."""
    invitation = _found(inviters.open_ones().select_for_update(), secret)
    made = create_operator(username, password, invitation.email, Role(invitation.role))
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return made


def _found(rows: QuerySet[Invitation], secret: str) -> Invitation:
    invitation = rows.filter(digest=digest_of(secret)).first()
    if invitation is None:
        raise InvitationError(NO_LONGER)
    return invitation
