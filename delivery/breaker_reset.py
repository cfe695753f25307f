"""An operator closes an account's breaker now, instead of waiting for a probe."""

from collections.abc import Iterable
from uuid import UUID

from delivery.breaker import breakers
from delivery.models import ProviderAccount
from delivery.pipeline.fail_over import BREAKER
from signalbus.bus import lines
from signalbus.bus.models import LinePause
from signalbus.bus.streams import Lane, stream_of
from signalbus.core.errors import SignalbusError
from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.models import PlatformAccount

CLOSED = "Its breaker is closed: messages go by the account again."
ALONE = (
    "Redis is away, so each worker has a breaker of its own: it tries the account again by "
    "itself within a minute."
)


def close_now(account: UUID, channel: str, tenant: int | None = None) -> str:
    """Close it, and let the lines go on that wait for it: the tenant's, or everybody's.

    Returns what to tell. Raises SignalbusError where the workers cannot be reached.
    """
    if not breakers().reset(account):
        raise SignalbusError(ALONE)
    lines.resume_all(_waiting(channel, tenant), BREAKER)
    note(Act.CLOSE_BREAKER, _named(account, tenant), detail=channel)
    return CLOSED


def _named(account: UUID, tenant: int | None) -> ProviderAccount | PlatformAccount:
    model = PlatformAccount if tenant is None else ProviderAccount
    return model._default_manager.filter(id=account).first() or model(id=account)


def _waiting(channel: str, tenant: int | None) -> Iterable[tuple[str, int]]:
    streams = [stream_of(channel, lane) for lane in Lane]
    rows = LinePause.objects.filter(reason=BREAKER, stream__in=streams)
    owned = rows if tenant is None else rows.filter(tenant_id=tenant)
    return owned.values_list("stream", "tenant_id")
