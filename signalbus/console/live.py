"""`/admin/live/`: the address at which a console's page listens to the tenant's deliveries."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from delivery.live import tickets
from signalbus.panels.modes import mode_of


def live_address(_site: Any, request: HttpRequest) -> JsonResponse:
    """The address, good for some minutes; null while the tenant is suspended and hears nothing."""
    tenant: Any = request.tenant  # type: ignore[attr-defined]
    if tenant.is_suspended:
        return _answer(None)
    user: Any = request.user
    here: Any = request.sign_in  # type: ignore[attr-defined]
    ticket = tickets.of_person(tenant.schema, user.pk, here.pk, mode_of(request))
    return _answer(f"{reverse('stream')}?{urlencode({tickets.PARAMETER: ticket})}")


def _answer(url: str | None) -> JsonResponse:
    return JsonResponse({"url": url}, headers={"Cache-Control": "no-store"})
