"""A delivery that went out through an account, and what is known of it."""

from typing import Any

from delivery.models import ProviderAccount, Receipt
from notifications.models import Delivery, Suppression
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_attempt, make_delivery, make_notification
from tests.delivery.receipts.calls import PROOFS, Call, Event, post
from tests.door import Answer
from tests.make import make_account

REFERENCE = "<the provider's own>"


def make_hooked(tenant: TenantIdentity, kind: str, **fields: Any) -> ProviderAccount:
    """An account whose provider can prove itself."""
    proof = PROOFS[kind]
    given = {"credentials": dict(proof.credentials), "options": dict(proof.options), **fields}
    return make_account(tenant, kind, "sms" if kind == "twilio" else "email", **given)


class Sent:
    """A sent delivery of the tenant with one attempt through the account."""

    def __init__(self, tenant: TenantIdentity, account: Any, **fields: Any) -> None:
        self.tenant, self.account = tenant, account
        notification = make_notification(tenant, status=fields.pop("status", "sent"))
        self.delivery = make_delivery(tenant, notification, channel=account.channel, **fields)
        self.attempt = make_attempt(
            tenant,
            self.delivery,
            account_id=account.id,
            provider=account.kind,
            reference=REFERENCE,
        )

    def call(self, event: Event, **other: Any) -> Call:
        """The provider's call about this delivery, signed."""
        ids = {
            "delivery": self.delivery.id,
            "attempt": self.attempt.id,
            "tenant": self.tenant.id,
            "reference": REFERENCE,
        }
        body = event.about(**{**ids, **other})
        return PROOFS[event.kind].signed(body, self.account.id)

    def tell(self, event: Event, **other: Any) -> Answer:
        return post(event.kind, self.account.id, self.call(event, **other))

    @property
    def status(self) -> str:
        with in_tenant(self.tenant):
            return Delivery.objects.get(id=self.delivery.id).status

    @property
    def receipts(self) -> list[Receipt]:
        with in_tenant(self.tenant):
            return list(Receipt.objects.order_by("id"))

    @property
    def suppressed(self) -> list[str]:
        with in_tenant(self.tenant):
            return list(Suppression.objects.values_list("reason", flat=True))
