"""What is done to a tenant: suspended, resumed, deleted after a grace time, and kept after all."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation
from signalbus.api.problems import PointedError, invalid
from signalbus.api.rendering import JSONAnswer
from signalbus.platform_api.bases import ByPlatformKey, conflict
from signalbus.platform_api.shapes import DeleteIn, SuspendIn, TenantOut
from signalbus.platform_api.showing import shown
from tenants import deleting, suspension
from tenants.deleting import DeletingError, check_typed
from tenants.models import Tenant


class Act(ByPlatformKey):
    """POST does it, and shows the tenant as it is then; what is so already stays so."""

    name: ClassVar[str]

    def act(self, tenant: Tenant) -> None:
        """Do it. Raises SignalbusError where the state forbids it."""
        raise NotImplementedError

    @idempotent
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            self.act(self.tenant)
        except (DeletingError, suspension.SuspensionError) as error:
            raise conflict(str(error)) from error
        self.tell(self.name, self.tenant)
        changed = Tenant.objects.prefetch_related("domains").get(pk=self.tenant.pk)
        return JSONAnswer(shown([changed])[0])


def _described(summary: str, description: str, body: Any = None) -> dict[str, Operation]:
    operation = Operation(
        summary=summary,
        description=description,
        body=body,
        answer=TenantOut,
        problems=("conflict",),
    )
    return {"post": operation}


class Suspend(Act):
    name = "suspend"
    operations = _described(
        "Suspend a tenant",
        "Its API refuses requests with the reason, and what it has in the line waits. Another "
        "reason takes the place of the former.",
        SuspendIn,
    )

    def act(self, tenant: Tenant) -> None:
        suspension.suspend(tenant.pk, self.read(SuspendIn).reason)


class Resume(Act):
    name = "resume"
    operations = _described(
        "Resume a tenant", "Lines that stand still for another reason go on waiting."
    )

    def act(self, tenant: Tenant) -> None:
        suspension.resume(tenant.pk)


class Delete(Act):
    name = "delete"
    operations = _described(
        "Delete a tenant",
        "It is suspended at once, and deleted with all its data at `delete_at`; until then it can "
        "be kept.",
        DeleteIn,
    )

    def act(self, tenant: Tenant) -> None:
        try:
            check_typed(tenant, self.read(DeleteIn).confirm)
        except DeletingError as error:
            raise invalid(PointedError("/confirm", str(error))) from error
        deleting.schedule(tenant.pk)


class Keep(Act):
    name = "keep"
    operations = _described(
        "Keep a tenant that was to be deleted",
        "It goes on at once, unless it was suspended for another reason as well.",
    )

    def act(self, tenant: Tenant) -> None:
        deleting.take_back(tenant.pk)
