"""An object of every kind that a console shows, and where its pages are."""

from collections.abc import Callable
from typing import Any

from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.db import models

from delivery.models import (
    DeadLetter,
    ProviderAccount,
    Redrive,
    SandboxMessage,
    UnmatchedReceipt,
)
from notifications.models import Notice, Notification, Policy, Recipient, Suppression
from signalbus.bus.lines import pause, set_weight
from signalbus.bus.models import Line, LinePause, OutboxEntry
from templates_app.models import Template
from tenants import keys, platform_keys
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey, Domain, PlatformAccount, PlatformKey, StrayReceipt, Tenant
from tenants.operators import invitations, logins
from tenants.operators.models import Invitation
from tenants.roles import Role
from tests.console.lost import make_stray, make_unmatched
from tests.console.stories import make_delivery, make_notification, make_redrive, make_story
from tests.make import (
    make_account,
    make_notice,
    make_platform_account,
    make_policy,
    make_recipient,
    make_suppression,
)

Row = models.Model


def fill(tenant: TenantIdentity, mark: str) -> None:
    """An object of every kind, each carrying the mark in what pages show of it."""
    make_story(tenant, topic=f"{mark}.story", recipient_ref=mark)
    waiting = make_notification(tenant, topic=f"{mark}.waiting")
    make_delivery(tenant, waiting, address=f"{mark}@example.org")
    make_policy(tenant, f"{mark}.greeted", template=f"{mark}-greeting")
    make_recipient(tenant, mark, email=f"{mark}@example.org")
    make_suppression(tenant, f"{mark}@example.org")
    make_account(tenant, name=f"{mark} account", credentials={})
    make_redrive(tenant, mark)
    make_notice(tenant, text=f"{mark} notice")
    make_unmatched(tenant, reference=mark)
    keys.create_key(tenant.id, name=f"{mark} key", mode="live")
    with in_tenant(tenant):
        if not User.objects.filter(username=mark).exists():
            logins.create_operator(mark)
        invitations.invite(f"{mark}@example.org", Role.VIEWER, mark)


def one_of(tenant: TenantIdentity, mark: str) -> dict[type[Row], Row]:
    """The object of every model that the tenant's console shows."""
    found: dict[type[Row], Callable[[], Any]] = {
        Notification: lambda: Notification.objects.get(topic=f"{mark}.story"),
        DeadLetter: lambda: DeadLetter.objects.get(topic=f"{mark}.story"),
        Redrive: Redrive.objects.get,
        SandboxMessage: SandboxMessage.objects.get,
        Template: lambda: Template.objects.get(name=f"{mark}-greeting"),
        Policy: lambda: Policy.objects.get(topic=f"{mark}.greeted"),
        Recipient: lambda: Recipient.objects.get(external_id=mark),
        Suppression: Suppression.objects.get,
        Notice: Notice.objects.get,
        ProviderAccount: lambda: ProviderAccount.objects.get(name=f"{mark} account"),
        ApiKey: lambda: ApiKey.objects.get(tenant_id=tenant.id, name=f"{mark} key"),
        UnmatchedReceipt: lambda: UnmatchedReceipt.objects.get(delivery=None),
        User: lambda: User.objects.get(username=mark),
        Invitation: Invitation.objects.get,
        LogEntry: lambda: LogEntry.objects.latest("pk"),
    }
    with in_tenant(tenant):
        return {model: get() for model, get in found.items()}


def address(model: type[Row], page: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{page}"


def one_of_platform(tenant: TenantIdentity) -> dict[type[Row], Row]:
    """The object of every model that the platform's console shows."""
    pause("", tenant.id, "guard")
    found: dict[type[Row], Any] = {
        Tenant: Tenant.objects.get(name=tenant.name),
        Domain: Domain.objects.get(domain=f"{tenant.name}.localhost"),
        PlatformAccount: make_platform_account(),
        StrayReceipt: make_stray(),
        ApiKey: ApiKey.objects.first(),
        PlatformKey: platform_keys.create_key("portal").key,
        OutboxEntry: OutboxEntry.objects.first(),
        Line: set_weight("sms.bulk", tenant.id, 3),
        LinePause: LinePause.objects.first(),
        User: User.objects.first(),
        Invitation: invitations.invite("paula@example.org", Role.VIEWER, "petra").invitation,
        LogEntry: LogEntry.objects.latest("pk"),
    }
    return found
