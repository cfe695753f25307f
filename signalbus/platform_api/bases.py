"""What every endpoint of the platform's API has in common: its keys, its document, its tenant."""

from functools import cached_property
from typing import Any, cast

from django.http import Http404

from signalbus.api.conflicts import ELSEWHERE
from signalbus.api.idempotent import Repeats
from signalbus.api.problems import PointedError, Problem
from signalbus.api.views import APIResource
from signalbus.core.logs import get_logger
from signalbus.core.modes import LIVE
from signalbus.platform_api.schema import PlatformSchema
from tenants.models import Tenant
from tenants.platform_authentication import PlatformKeyAuthentication
from tenants.platform_keys import PlatformIdentity

OWNER = 0  # in place of a tenant's number
HOURS = 24

log = get_logger(__name__)


class ByPlatformKey(APIResource):
    """A view that a key of the platform opens, and nothing else."""

    authentication_classes = [PlatformKeyAuthentication]
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []
    schema = PlatformSchema()

    @property
    def asking(self) -> PlatformIdentity:
        """The key that asks."""
        return cast(PlatformIdentity, self.request.auth)

    @property
    def repeats(self) -> Repeats:
        """All keys of the platform share their Idempotency-Keys, kept in the public schema."""
        return Repeats(owner=OWNER, mode=LIVE, hours=HOURS)

    @cached_property
    def tenant(self) -> Tenant:
        """The served tenant that the address names. Raises Http404."""
        found = Tenant.objects.served().filter(name=self.kwargs["tenant"]).first()
        if found is None:
            raise Http404
        return found

    def tell(self, act: str, tenant: Tenant, **more: Any) -> None:
        """Write into the log what was done to a tenant, and by whom."""
        log.info("platform.act", act=act, tenant=str(tenant), actor=self.asking.actor, **more)


def conflict(detail: str = ELSEWHERE, pointer: str | None = None) -> Problem:
    """The problem where the present state forbids it; `pointer` names the field, if it is one's."""
    errors = [] if pointer is None else [PointedError(pointer, detail)]
    return Problem("conflict", detail, errors=errors)
