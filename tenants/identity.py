"""Who is asking: tenants and keys as plain values, remembered in the process for five seconds
(hosts: ten).

So a revoked key or a suspended tenant may still be served for that long by other processes; in the
process that made the change it shows at once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from signalbus.core.logs import get_logger
from signalbus.core.timed_cache import TimedCache
from tenants import limits, roles
from tenants.limits import Limits
from tenants.models import ApiKey, State, Tenant
from tenants.roles import Ability
from tenants.schemas import TenantWork, compose, run_for_tenants

SECONDS_REMEMBERED = 5.0
SECONDS_HOSTS_REMEMBERED = 10.0
MOST_REMEMBERED = 10_000
ROLE = """
SELECT operator.role FROM {schema}.operators_operator operator
JOIN {schema}.auth_user person ON person.id = operator.user_id AND person.is_active
WHERE person.id = %(user)s
"""
# Of log-ins whose sessions open the console still: tenants/operators/sign_ins.py.
ROLES_LOGGED_IN = """
SELECT place.id, person.id, operator.role FROM {schema}.operators_signin place
JOIN {schema}.django_session session ON session.session_key = place.session_key
    AND session.expire_date > clock_timestamp()
JOIN {schema}.auth_user person ON person.id = place.user_id AND person.is_active
JOIN {schema}.operators_operator operator ON operator.user_id = person.id
WHERE place.id = ANY(%(sign_ins)s::uuid[]) AND place.ended_at IS NULL
"""

log = get_logger(__name__)


class UnknownTenantError(LookupError):
    """No served tenant has this id, schema or name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantIdentity:
    """What the rest of Signalbus needs to know of a tenant."""

    id: int
    schema: str
    name: str
    state: str
    suspension_reason: str
    default_locale: str
    time_zone: str
    idempotency_hours: int
    inherits_accounts: bool = True
    two_factor_required: bool = False
    limits: Limits = limits.NONE

    @property
    def is_suspended(self) -> bool:
        """Whether nothing is accepted of it: it is suspended, or being deleted."""
        return self.state in (State.SUSPENDED, State.DELETING)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIdentity:
    """A key as authentication found it; `request.auth` of every API request.

    An operator's own key has their present `role`, by which it is capped: empty for one who may
    not log in any more. A key of an application has none, and is held by its scopes alone.
    """

    id: UUID
    prefix: str
    tenant: TenantIdentity
    mode: str
    scopes: frozenset[str]
    expires_at: datetime | None
    revoked_at: datetime | None
    name: str = ""
    limits: Limits = limits.NONE
    owner_id: int | None = None
    role: str | None = None

    def may(self, ability: Ability) -> bool:
        """Whether whose key it is may do such an act."""
        return self.role is None or roles.may(self.role, ability)

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    @property
    def actor(self) -> str:
        """How the key is named where its acts are shown."""
        return f"key {self.prefix}…"


_by_id = TimedCache[int, TenantIdentity](seconds=SECONDS_REMEMBERED, size=MOST_REMEMBERED)
_by_schema = TimedCache[str, TenantIdentity](seconds=SECONDS_REMEMBERED, size=MOST_REMEMBERED)
_by_name = TimedCache[str, TenantIdentity](seconds=SECONDS_REMEMBERED, size=MOST_REMEMBERED)
_keys = TimedCache[bytes, KeyIdentity](seconds=SECONDS_REMEMBERED, size=MOST_REMEMBERED)
_keys_by_id = TimedCache[UUID, KeyIdentity](seconds=SECONDS_REMEMBERED, size=MOST_REMEMBERED)
_hosts = TimedCache[str, "TenantIdentity | None"](
    seconds=SECONDS_HOSTS_REMEMBERED, size=MOST_REMEMBERED
)


def identity_of(tenant: Tenant) -> TenantIdentity:
    """The value of a row."""
    return TenantIdentity(
        id=tenant.pk,
        schema=tenant.schema_name,
        name=tenant.name or tenant.schema_name,
        state=tenant.state,
        suspension_reason=tenant.suspension_reason,
        default_locale=tenant.default_locale,
        time_zone=tenant.time_zone,
        idempotency_hours=tenant.idempotency_hours,
        inherits_accounts=tenant.inherits_accounts,
        two_factor_required=tenant.two_factor_required,
        limits=limits.of_tenant(settings.LIMITS, tenant.limits),
    )


def by_ids(ids: Iterable[int]) -> dict[int, TenantIdentity]:
    """The served ones of these tenants; all that are not remembered are read in one statement."""
    known = {tenant_id: _by_id.peek(tenant_id) for tenant_id in ids}
    missing = [tenant_id for tenant_id, tenant in known.items() if tenant is None]
    found = {tenant_id: tenant for tenant_id, tenant in known.items() if tenant is not None}
    if missing:
        for row in Tenant.objects.served().filter(id__in=missing):
            found[row.pk] = identity_of(row)
            _by_id.put(row.pk, found[row.pk])
    return found


def by_schema(schema: str) -> TenantIdentity:
    """The tenant whose schema this is. Raises UnknownTenantError."""
    return _by_schema.get(schema, lambda: _served(schema_name=schema))


def by_name(name: str) -> TenantIdentity:
    """The tenant of this name. Raises UnknownTenantError."""
    return _by_name.get(name, lambda: _served(name=name))


def by_digest(digest: bytes) -> KeyIdentity | None:
    """The key with this digest, valid or not; None is never remembered."""
    try:
        return _keys.get(digest, lambda: _key_of(digest=digest))
    except ApiKey.DoesNotExist:
        return None


def by_key_id(id: UUID) -> KeyIdentity | None:
    """The key with this id, valid or not; None is never remembered."""
    try:
        return _keys_by_id.get(id, lambda: _key_of(id=id))
    except ApiKey.DoesNotExist:
        return None


def remembered(digest: bytes) -> KeyIdentity | None:
    """The key with this digest if this process has looked it up a moment ago."""
    return _keys.peek(digest)


def by_host(host: str) -> TenantIdentity | None:
    """The tenant whose console the host shows; None, which is remembered too, if there is none."""
    return _hosts.get(host, lambda: _tenant_at(host))


def forget() -> None:
    """Forget everything this process remembers of tenants, keys and hosts."""
    for memory in (_by_id, _by_schema, _by_name, _keys, _keys_by_id, _hosts):
        memory.clear()


def usable(key: KeyIdentity) -> bool:
    """Whether the key is neither revoked nor expired, and its owner, if any, may still log in."""
    return key.revoked_at is None and key.role != "" and not key.is_expired(timezone.now())


def _served(**where: object) -> TenantIdentity:
    row = Tenant.objects.served().filter(**where).first()
    if row is None:
        raise UnknownTenantError(f"No tenant has {_words(where)}.")
    return identity_of(row)


def _words(where: dict[str, object]) -> str:
    return ", ".join(f"the {field.replace('_', ' ')} {value!r}" for field, value in where.items())


def _key_of(**where: object) -> KeyIdentity:
    row = ApiKey.objects.select_related("tenant").get(**where)
    role = None if row.owner_id is None else role_of(row.tenant.schema_name, row.owner_id)
    return KeyIdentity(
        id=row.id,
        prefix=row.prefix,
        tenant=identity_of(row.tenant),
        mode=row.mode,
        scopes=frozenset(row.scopes),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        name=row.name,
        limits=limits.of_key(row.limits),
        owner_id=row.owner_id,
        role=role,
    )


def role_of(schema: str, user_id: int) -> str:
    """The role of the tenant's user; empty for one who may not log in."""
    with connection.cursor() as cursor:
        cursor.execute(compose(ROLE, schema), {"user": user_id})
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def roles_while_logged_in(
    sign_ins: Mapping[str, Collection[UUID]],
) -> dict[str, dict[tuple[UUID, int], str]]:
    """By schema: the roles of those log-ins that are not over, each with its user.

    One round trip for all. A schema is missing whose tables could not be read.
    """
    answers = run_for_tenants(
        [
            TenantWork(schema, [(ROLES_LOGGED_IN, {"sign_ins": list(wanted)})])
            for schema, wanted in sign_ins.items()
        ]
    )
    found: dict[str, dict[tuple[UUID, int], str]] = {}
    for schema, answer in zip(sign_ins, answers, strict=True):
        if isinstance(answer, Exception):
            log.error("identity.roles_unread", schema=schema, exc_info=answer)
        else:
            found[schema] = {(sign_in, user): str(role) for sign_in, user, role in answer[0]}
    return found


def _tenant_at(host: str) -> TenantIdentity | None:
    row = Tenant.objects.served().filter(domains__domain=host).first()
    return identity_of(row) if row else None
