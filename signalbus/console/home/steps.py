"""What somebody does first who has just got a tenant."""

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import reverse

from delivery.inherited import inherited_by
from delivery.models import ProviderAccount
from notifications.models import Notification
from signalbus.console.gate import may_open
from tenants.models import ApiKey


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do once, for those whose role opens its page."""

    title: str
    text: str
    page: str
    is_done: bool
    is_next: bool = False

    @property
    def link(self) -> str:
        return reverse(f"admin:{self.page}")


def steps(request: HttpRequest) -> list[Step]:
    """Those whose pages the user may open; for as long as nothing live was sent."""
    tenant = request.tenant  # type: ignore[attr-defined]
    every = [
        Step(
            "Send yourself a test",
            "Try a policy with your own address: the page shows each step of the way. "
            "Nothing leaves in test mode, and it needs no provider.",
            "notifications_policy_send_test",
            Notification.objects.exists(),
        ),
        Step(
            "Connect a provider",
            "An account says which service sends e-mail or SMS for real.",
            "delivery_provideraccount_add",
            ProviderAccount.objects.exists() or inherited_by(tenant).exists(),
        ),
        Step(
            "Make an API key",
            "Your application sends with it; a test key tries everything and sends nothing.",
            "tenants_apikey_add",
            ApiKey.objects.filter(tenant_id=tenant.id).exists(),
        ),
    ]
    mine = [step for step in every if may_open(request, step.page)]
    first = next((step for step in mine if not step.is_done), None)
    return [replace(step, is_next=step is first) for step in mine]
