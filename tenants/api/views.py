"""The endpoints of API keys. A test key sees, makes and revokes test keys only.

The own key of an operator who is no owner sees, makes and revokes their own ones only.
"""

from collections.abc import Sequence
from typing import cast

from django.db.models import QuerySet
from django.utils import timezone
from msgspec import UnsetType

from signalbus.api.filters import Filter
from signalbus.api.operations import Operation, choice
from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError, Problem, invalid
from signalbus.api.resources import Collection, Item, Resource
from tenants import keys
from tenants.api.shapes import KeyChanges, KeyIn, KeyLimits, KeyOut, NewKeyOut, shown, shown_once
from tenants.authentication import missing_role
from tenants.identity import KeyIdentity
from tenants.limit_checks import LimitsError, check_key
from tenants.models import ApiKey, Mode
from tenants.roles import Ability


class _Keys(Resource[ApiKey]):
    noun = "an API key"
    nouns = "API keys"
    answer = KeyOut

    def rows(self) -> QuerySet[ApiKey]:
        own = ApiKey.objects.filter(tenant_id=self.tenant_id)
        if not self.asking.may(Ability.OWN):
            own = own.filter(owner_id=self.asking.owner_id)
        return own if self.mode == Mode.LIVE else own.filter(mode=Mode.TEST)

    @property
    def asking(self) -> KeyIdentity:
        """The key that asks."""
        return cast(KeyIdentity, self.request.auth)

    @property
    def tenant_id(self) -> int:
        """Whose keys these are: the asking key's tenant's."""
        return self.asking.tenant.id

    def show(self, rows: Sequence[ApiKey]) -> list[KeyOut]:
        return shown(rows)


class ApiKeys(_Keys, Collection[ApiKey]):
    body = KeyIn
    filters = (
        Filter(lookup="mode", parameter=choice("mode", "Live or test keys only.", Mode.values)),
    )
    created_answer = NewKeyOut
    secret_answer = True

    def create(self, asked: KeyIn) -> ApiKey:
        mode = asked.mode or self.mode
        _check(asked, mode, self.asking)
        new = keys.create_key(
            self.tenant_id,
            name=asked.name,
            mode=mode,
            scopes=asked.scopes,
            expires_at=asked.expires_at,
            limits=asked.limits,
            owner_id=_owner_of(asked, self.asking),
        )
        self._secret = new.secret
        return new.key

    def created(self, row: ApiKey) -> NewKeyOut:
        return shown_once(row, self._secret)


class OneApiKey(_Keys, Item[ApiKey]):
    """Of a key only its limits change: it is revoked, and stays to be seen."""

    changes = KeyChanges

    @classmethod
    def described(cls) -> dict[str, Operation]:
        return {
            "get": Operation(summary="Show an API key", answer=KeyOut),
            "patch": Operation(
                summary="Change the limits of an API key",
                description="`limits` takes the place of all limits that the key has of its own.",
                body=KeyChanges,
                answer=KeyOut,
            ),
            "delete": Operation(summary="Revoke an API key", status=204),
        }

    def change(self, row: ApiKey, changes: KeyChanges) -> ApiKey:
        if not isinstance(changes.limits, UnsetType):
            _check_limits(changes.limits, self.asking)
            keys.set_limits(row, changes.limits)
        return row

    def remove(self, row: ApiKey) -> None:
        keys.revoke(row)


def _owner_of(asked: KeyIn, own: KeyIdentity) -> int | None:
    """Whose the new key is to be. Raises Problem where it cannot be, or would be nobody's."""
    personal = own.owner_id is not None if asked.personal is None else asked.personal
    if personal and own.owner_id is None:
        raise invalid(PointedError("/personal", "The key that asks is no operator's own."))
    if not personal and not own.may(Ability.OWN):
        raise missing_role(own, Ability.OWN)
    return own.owner_id if personal else None


def _check(asked: KeyIn, mode: str, own: KeyIdentity) -> None:
    """Refuse what would be a greater right than the asking key's own."""
    if mode == Mode.LIVE and own.mode != Mode.LIVE:
        raise Problem("live-key-needed", "A test key makes test keys only.")
    beyond = sorted(set(asked.scopes) - own.scopes)
    if beyond:
        raise _missing_scopes(own, beyond)
    if asked.expires_at is not None and asked.expires_at <= timezone.now():
        raise invalid(PointedError("/expires_at", "It lies in the past."))
    _check_limits(asked.limits, own)


def _check_limits(wish: KeyLimits, own: KeyIdentity) -> None:
    try:
        check_key(wish, own.tenant.limits, own.limits)
    except LimitsError as error:
        faults = [
            PointedError(inside("/limits", name), told) for name, told in error.faults.items()
        ]
        raise invalid(*faults) from error


def _missing_scopes(own: KeyIdentity, beyond: Sequence[str]) -> Problem:
    names = ", ".join(f"`{scope}`" for scope in beyond)
    return Problem(
        "missing-scope",
        f"A key grants no more than it has, and {own.prefix}… lacks {names}. Ask with a key that "
        "has it, or make the new key in the console, below API keys.",
    )
