"""What can be done to a provider account beside changing it: close its breaker."""

from typing import Any

from django.http import Http404, HttpResponse

from delivery import breaker_reset
from delivery.api.account_shapes import AccountOut, account_out
from delivery.api.accounts import INHERITED
from delivery.breaker import CLOSED
from delivery.inherited import inherited_by
from delivery.models import ProviderAccount
from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation
from signalbus.api.problems import Problem
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.core.errors import SignalbusError


class AccountCloseBreaker(APIResource):
    """`/provider-accounts/{id}/close-breaker`"""

    operations = {
        "post": Operation(
            summary="Close the breaker of a provider account",
            description="Messages go by the account again at once, instead of after a probe. "
            "While its provider is down, the breaker opens again.",
            answer=AccountOut,
            problems=("conflict",),
        )
    }

    @idempotent
    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        tenant = request.auth.tenant
        row = ProviderAccount.objects.filter(id=kwargs["id"]).first()
        if row is None and inherited_by(tenant).filter(id=kwargs["id"]).exists():
            raise Problem("conflict", INHERITED)
        if row is None:
            raise Http404
        try:
            breaker_reset.close_now(row.id, row.channel, tenant.id)
        except SignalbusError as error:
            raise Problem("unavailable", str(error)) from error
        return JSONAnswer(account_out(row, CLOSED))
