"""All that is sealed under the key ring, in every schema: what opens it, and sealing it anew."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django_tenants.utils import get_public_schema_name

from delivery.models import ProviderAccount
from delivery.models.accounts import credentials_context
from signalbus.api.idempotency import answer_context
from signalbus.api.models import IdempotencyRecord
from signalbus.core.crypto import KeyRing, SecretError
from tenants.context import current_schema, in_schema
from tenants.models import PLATFORM_CREDENTIALS, PlatformAccount, Tenant
from tenants.operators.models import Authenticator, authenticator_context

PLATFORM = "platform"


class Opens(StrEnum):
    """Which key of the ring opens a secret."""

    NEWEST = "the newest key"
    OLDER = "an older key"
    NONE = "no key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What of a schema is sealed: a column of rows, each token bound to its place."""

    rows: Callable[[], QuerySet[Any]]
    column: str
    context: Callable[[Any], str]
    named: Callable[[Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A token where it stands. `name` says what it is, such as `acme: the account SMTP`."""

    schema: str
    kind: Kind
    key: Any
    token: str
    context: str
    name: str


OF_THE_PLATFORM = Kind(
    rows=lambda: PlatformAccount.objects.exclude(sealed=""),
    column="sealed",
    context=lambda _: PLATFORM_CREDENTIALS,
    named=lambda row: f"the account {row.name}",
)
ACCOUNTS = Kind(
    rows=lambda: ProviderAccount.objects.exclude(sealed=""),
    column="sealed",
    context=lambda _: credentials_context(current_schema()),
    named=lambda row: f"the account {row.name}",
)
AUTHENTICATORS = Kind(
    rows=lambda: Authenticator.objects.select_related("user"),
    column="key",
    context=lambda row: authenticator_context(current_schema(), row.user_id),
    named=lambda row: f"the second factor of {row.user.get_username()}",
)
ANSWERS = Kind(
    rows=lambda: IdempotencyRecord.objects.filter(is_secret=True),
    column="answer",
    context=lambda _: answer_context(),
    named=lambda _: "an answer that is kept for its Idempotency-Key",
)


def secrets() -> list[Secret]:
    """All that are stored, of the platform and of every tenant."""
    public = get_public_schema_name()
    found = list(_of_schema(public, PLATFORM, (OF_THE_PLATFORM, AUTHENTICATORS, ANSWERS)))
    for schema, name in Tenant.objects.served().order_by("id").values_list("schema_name", "name"):
        found += _of_schema(schema, name, (ACCOUNTS, AUTHENTICATORS, ANSWERS))
    return found


def opens(secret: Secret) -> Opens:
    """Which key of the present ring opens it."""
    try:
        ring = KeyRing.parse(settings.ENCRYPTION_KEYS)
        ring.decrypt(secret.token, secret.context)
    except SecretError:
        return Opens.NONE
    return Opens.NEWEST if ring.is_newest(secret.token) else Opens.OLDER


def reseal(stored: Sequence[Secret]) -> Counter[Opens]:
    """Seal with the newest key what an older one opens; how many were opened by which.

    What was written anew meanwhile is left as it is: only the newest key writes.
    """
    counts: Counter[Opens] = Counter()
    for secret in stored:
        found = opens(secret)
        counts[found] += 1
        if found is Opens.OLDER:
            _seal_anew(secret)
    return counts


def _of_schema(schema: str, owner: str, kinds: Sequence[Kind]) -> Iterator[Secret]:
    with in_schema(schema):
        return iter([_secret(schema, owner, kind, row) for kind in kinds for row in kind.rows()])


def _secret(schema: str, owner: str, kind: Kind, row: Any) -> Secret:
    return Secret(
        schema=schema,
        kind=kind,
        key=row.pk,
        token=getattr(row, kind.column),
        context=kind.context(row),
        name=f"{owner}: {kind.named(row)}",
    )


def _seal_anew(secret: Secret) -> None:
    ring = KeyRing.parse(settings.ENCRYPTION_KEYS)
    token = ring.encrypt(ring.decrypt(secret.token, secret.context), secret.context)
    column = secret.kind.column
    with in_schema(secret.schema):
        rows = secret.kind.rows().filter(pk=secret.key, **{column: secret.token})
        rows.update(**{column: token})
