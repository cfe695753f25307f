"""Whose a live stream is: a key's, or that of somebody who is logged in to a console.

Both are looked at as a key is; what is remembered of them is some seconds old.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from tenants import identity
from tenants.identity import KeyIdentity, UnknownTenantError
from tenants.models import Scope
from tenants.roles import Ability

NOBODY = UUID(int=0)  # the id of what is no key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHolder:
    """A key of the API."""

    key: UUID

    def found(self) -> KeyIdentity | None:
        """The key as it is now, whether it may be used or not."""
        return identity.by_key_id(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A tenant's operator, until then: a page that is still open asks anew.

    It is over before that where the log-in is that it came from.
    """

    schema: str
    user: int
    sign_in: UUID
    mode: str
    until: datetime

    def found(self) -> KeyIdentity | None:
        """What the operator may do now, as a key that may read."""
        try:
            tenant = identity.by_schema(self.schema)
        except UnknownTenantError:
            return None
        return KeyIdentity(
            id=NOBODY,
            prefix="console",
            tenant=tenant,
            mode=self.mode,
            scopes=frozenset({Scope.READ}),
            expires_at=self.until,
            revoked_at=None,
            owner_id=self.user,
            role=identity.role_while_logged_in(self.schema, self.user, self.sign_in),
        )


Holder = KeyHolder | Person


def may_listen(holder: Holder) -> bool:
    """Whether a stream may go on."""
    key = holder.found()
    return (
        key is not None
        and identity.usable(key)
        and not key.tenant.is_suspended
        and Scope.READ in key.scopes
        and key.may(Ability.VIEW)
    )


def is_over(holder: Holder) -> bool:
    """Whether the time it was given is over."""
    return isinstance(holder, Person) and holder.until <= timezone.now()
