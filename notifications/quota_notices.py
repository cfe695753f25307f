"""Notices of quotas that are not true any more: a limit was raised, or its day or month is over.

What is counted opens them and brings them up to date (notifications/ledger.py); but who has reached
a quota may send nothing more, so they are looked at again once limits change, and each minute.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction

from notifications import ledger, notices, usage
from notifications.ledger import Holder, Ledger
from notifications.models import Notice
from notifications.noticed import SIGNALBUS, Kind
from signalbus.core.logs import get_logger
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.keys import START
from tenants.models import ApiKey, Mode, Tenant
from tenants.schemas import Statement, TenantWork, run_for_tenants

TENANTS = 500  # asked in one round trip
ANY = """
SELECT FROM {schema}.notifications_notice WHERE kind = %(kind)s AND lifted_at IS NULL LIMIT 1
"""
ASKED: Statement = (ANY, {"kind": Kind.QUOTA.value})

log = get_logger(__name__)


def review_all() -> int:
    """Look at every tenant that has open ones; how many have."""
    rows = Tenant.objects.served().order_by("id")
    tenants = [identity.identity_of(row) for row in rows]
    reviewed = 0
    for start in range(0, len(tenants), TENANTS):
        for tenant in _with_notices(tenants[start:][:TENANTS]):
            _review_safely(tenant)
            reviewed += 1
    return reviewed


def review_id(tenant_id: int) -> None:
    """Look at one tenant's, unless it is not served."""
    row = Tenant.objects.served().filter(id=tenant_id).first()
    if row is not None:
        review(identity.identity_of(row))


def review(tenant: TenantIdentity) -> None:
    """Lift the tenant's open ones that are not true any more, and let the others tell the truth."""
    with in_tenant(tenant):
        for mode in Mode.values:
            _review_mode(tenant, mode)


def _with_notices(tenants: Sequence[TenantIdentity]) -> list[TenantIdentity]:
    answers = run_for_tenants([TenantWork(each.schema, [ASKED]) for each in tenants])
    for tenant, answer in zip(tenants, answers, strict=True):
        if isinstance(answer, Exception):
            log.error("quotas.unreviewed", tenant=tenant.name, exc_info=answer)
    found = zip(tenants, answers, strict=True)
    return [each for each, answer in found if not isinstance(answer, Exception) and answer[0]]


def _review_safely(tenant: TenantIdentity) -> None:
    try:
        review(tenant)
    except Exception:
        log.exception("quotas.unreviewed", tenant=tenant.name)


@transaction.atomic
def _review_mode(tenant: TenantIdentity, mode: str) -> None:
    """What is accepted waits meanwhile, so that none is lifted that has just become true."""
    if not _open(tenant, mode):
        return
    usage.lock(tenant.id, mode)
    opened = _open(tenant, mode)
    holders = _holders(tenant, mode, opened)
    standings = usage.read(mode, [each.key for each in holders.values() if each.key])
    for notice in opened:
        holder = holders.get(_mark(notice))
        if holder:
            Ledger(holder).correct(notice, standings[holder.key])
        else:
            notices.lift(Kind.QUOTA, notice.subject, SIGNALBUS)


def _open(tenant: TenantIdentity, mode: str) -> list[Notice]:
    """Those of the tenant itself in that mode, and of its keys of that mode."""
    own, keys = ledger.of_tenant(tenant, mode).mark, f".{START.format(mode=mode)}"
    rows = Notice.objects.filter(kind=Kind.QUOTA, lifted_at=None)
    return [row for row in rows if _mark(row) == own or _mark(row).startswith(keys)]


def _holders(tenant: TenantIdentity, mode: str, opened: Sequence[Notice]) -> Mapping[str, Holder]:
    """Whose they are, by their marks; without keys that were revoked."""
    prefixes = {_mark(notice)[1:] for notice in opened}
    keys = ApiKey.objects.filter(tenant_id=tenant.id, prefix__in=prefixes, revoked_at=None)
    found = [identity.by_key_id(key) for key in keys.values_list("id", flat=True)]
    holders = [ledger.of_tenant(tenant, mode), *(ledger.of_key(key) for key in found if key)]
    return {holder.mark: holder for holder in holders}


def _mark(notice: Notice) -> str:
    """What comes after the quota's name: nothing, `.test`, or a key's prefix after a dot."""
    _, dot, mark = notice.subject.partition(".")
    return dot + mark
