"""What somebody does first who has just got a tenant."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from delivery.inherited import inherited_by
from delivery.models import ProviderAccount
from signalbus.console.gate import may_open
from tenants.models import ApiKey


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do once, for those whose role opens its page."""

    title: str
    text: str
    page: str
    is_done: bool

    @property
    def link(self) -> str:
        return reverse(f"admin:{self.page}")


def steps(request: HttpRequest) -> list[Step]:
    """Those whose pages the user may open."""
    tenant = request.tenant  # type: ignore[attr-defined]
    steps = [
        Step(
            "Connect a provider",
            "An account says which service sends e-mail or SMS; the simulator needs none.",
            "delivery_provideraccount_add",
            ProviderAccount.objects.exists() or inherited_by(tenant).exists(),
        ),
        Step(
            "Send yourself a test",
            "Try a policy with your own address; nothing leaves in test mode.",
            "notifications_policy_send_test",
            False,
        ),
        Step(
            "Make an API key",
            "Your application sends with it.",
            "tenants_apikey_add",
            ApiKey.objects.filter(tenant_id=tenant.id).exists(),
        ),
    ]
    return [step for step in steps if may_open(request, step.page)]
