"""Whose a live stream is: a key's, or that of somebody who is logged in to a console.

Both are looked at as a key is; what is remembered of them is some seconds old.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import Error, OperationalError
from django.utils import timezone

from signalbus.core.logs import get_logger
from tenants import identity
from tenants.identity import KeyIdentity, UnknownTenantError
from tenants.models import Scope
from tenants.roles import Ability

NOBODY = UUID(int=0)  # the id of what is no key

Roles = Mapping[str, Mapping[tuple[UUID, int], str]]  # by schema, log-in and user

log = get_logger(__name__)


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
        return self.with_roles(identity.roles_while_logged_in({self.schema: [self.sign_in]}))

    def with_roles(self, roles: Roles) -> KeyIdentity | None:
        """The same, where the roles were read along with those of others."""
        try:
            tenant = identity.by_schema(self.schema)
        except UnknownTenantError:
            return None
        role = roles.get(self.schema, {}).get((self.sign_in, self.user), "")
        return KeyIdentity(
            id=NOBODY,
            prefix="console",
            tenant=tenant,
            mode=self.mode,
            scopes=frozenset({Scope.READ}),
            expires_at=self.until,
            revoked_at=None,
            owner_id=self.user,
            role=role,
        )


Holder = KeyHolder | Person


def refused(present: Set[Holder]) -> dict[Holder, str]:
    """Those who may listen no more, and why; all operators' roles are read in one round trip.

    Of whom nothing can be read at the moment is left alone. Raises OperationalError without a
    database.
    """
    over = {holder for holder in present if is_over(holder)}
    people = {holder for holder in present - over if isinstance(holder, Person)}
    roles = _roles_of(people)
    found: dict[Holder, KeyIdentity | None] = {
        person: person.with_roles(roles) for person in people if person.schema in roles
    }
    found |= dict(_keys_of(present - over - people))
    why = {holder: "refused" for holder, key in found.items() if not _may(key)}
    return {**dict.fromkeys(over, "over"), **why}


def may_listen(holder: Holder) -> bool:
    """Whether a stream may go on."""
    return _may(holder.found())


def _roles_of(people: Set[Person]) -> Roles:
    sign_ins: dict[str, set[UUID]] = defaultdict(set)
    for person in people:
        sign_ins[person.schema].add(person.sign_in)
    return identity.roles_while_logged_in(sign_ins)


def _keys_of(holders: Set[Holder]) -> Iterator[tuple[Holder, KeyIdentity | None]]:
    """Keys are remembered for some seconds; an own one asks its owner's tenant."""
    for holder in holders:
        try:
            yield holder, holder.found()
        except OperationalError:
            raise
        except Error:
            log.exception("live.holder_unread", holder=str(holder))


def _may(key: KeyIdentity | None) -> bool:
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
