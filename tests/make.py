"""Makes what tests need, with sensible defaults; each in the tenant given."""

from typing import Any

from django.utils import timezone

from delivery.models import ProviderAccount
from notifications.models import Contact, Notice, Policy, PolicyChannel, Recipient, Suppression
from signalbus.bus.streams import Channel
from templates_app import services
from templates_app.models import Template
from templates_app.services import Content
from tenants import keys
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import PlatformAccount, Scope

ALL_SCOPES = tuple(Scope.values)


def make_key(
    tenant: TenantIdentity, *, mode: str = "live", scopes: tuple[str, ...] = ALL_SCOPES, **more: Any
) -> str:
    """The secret of a new key."""
    return keys.create_key(tenant.id, name="tests", mode=mode, scopes=scopes, **more).secret


def make_template(tenant: TenantIdentity, name: str = "greeting", **contents: Any) -> Template:
    """A published template for e-mail and SMS in English, or with the `contents` given."""
    default = [
        Content(channel="email", locale="en", subject="Hi {{ name }}", text="Hello {{ name }}"),
        Content(channel="sms", locale="en", text="Hello {{ name }}"),
    ]
    with in_tenant(tenant):
        return services.create_template(
            name, contents=contents.get("contents", default), publish=True
        )


def make_policy(
    tenant: TenantIdentity,
    topic: str = "person.greeted",
    *,
    template: str = "greeting",
    channels: tuple[str, ...] = (Channel.EMAIL, Channel.SMS),
    **fields: Any,
) -> Policy:
    """A policy whose channels use the template, which is made where it is missing."""
    with in_tenant(tenant):
        found = Template.objects.filter(name=template).first()
    found = found or make_template(tenant, template)
    with in_tenant(tenant):
        policy = Policy.objects.create(topic=topic, **fields)
        for position, channel in enumerate(channels):
            PolicyChannel.objects.create(
                policy=policy, channel=channel, template=found, position=position
            )
    return policy


def make_recipient(
    tenant: TenantIdentity,
    external_id: str = "user-1",
    *,
    email: str = "ana@example.org",
    phone: str = "+33612345678",
    **fields: Any,
) -> Recipient:
    """A known person with an e-mail address and a phone number."""
    with in_tenant(tenant):
        recipient = Recipient.objects.create(external_id=external_id, **fields)
        for channel, address in ((Channel.EMAIL, email), (Channel.SMS, phone)):
            if address:
                Contact.objects.create(recipient=recipient, channel=channel, address=address)
    return recipient


def make_account(
    tenant: TenantIdentity,
    kind: str = "simulator",
    channel: str = Channel.EMAIL,
    *,
    credentials: dict[str, Any] | None = None,
    **fields: Any,
) -> ProviderAccount:
    """An enabled provider account."""
    with in_tenant(tenant):
        account = ProviderAccount(kind=kind, channel=channel, **fields)
        account.name = fields.get("name", f"{kind} {channel}")
        account.credentials = credentials or {}
        account.save()
    return account


def make_platform_account(
    kind: str = "simulator",
    channel: str = Channel.EMAIL,
    *,
    credentials: dict[str, Any] | None = None,
    **fields: Any,
) -> PlatformAccount:
    """An enabled account of the platform, which all tenants inherit."""
    account = PlatformAccount(kind=kind, channel=channel, **fields)
    account.name = fields.get("name", f"platform {kind} {channel}")
    account.credentials = credentials or {}
    account.save()
    return account


def make_notice(tenant: TenantIdentity, **fields: Any) -> Notice:
    """An open notice: so much e-mail bounced that the bulk lane is to stand still."""
    known = {"kind": "bounces", "subject": "email.bulk", "severity": "stopped"}
    text = fields.pop("text", "Too much bounced.")
    with in_tenant(tenant):
        return Notice.objects.create(text=text, opened_at=timezone.now(), **{**known, **fields})


def make_suppression(
    tenant: TenantIdentity, address: str, channel: str = Channel.EMAIL, **fields: Any
) -> Suppression:
    """An address that is not to be used."""
    with in_tenant(tenant):
        return Suppression.objects.create(
            channel=channel, address=address, **{"reason": "manual", **fields}
        )
