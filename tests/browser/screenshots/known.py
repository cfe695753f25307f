"""Which objects the pages show: of each kind one with something to see."""

from datetime import timedelta
from typing import Any

from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from delivery.models import DeadLetter, Redrive, SandboxMessage, UnmatchedReceipt
from notifications.models import Delivery, Notice, Policy, Suppression
from notifications.states import Status
from signalbus.bus.models import Line, LinePause, OutboxEntry
from templates_app.models import TemplateVersion
from tenants.context import in_tenant
from tenants.models import ApiKey, Domain, PlatformAccount, PlatformKey, StrayReceipt
from tenants.operators import new_passwords
from tenants.operators.models import Invitation
from tests.browser.screenshots.addresses import Known
from tests.browser.shop import access, platform
from tests.browser.shop.opening import Shop


def of_shop(shop: Shop) -> Known:
    """In the shop's console."""
    with in_tenant(shop.tenant):
        letter = _first(DeadLetter.objects.filter(acknowledged_at=None, error_class="unreachable"))
        story = _story()
        confirmed = TemplateVersion.objects.filter(template__name="order-confirmed", locale="en")
        ids = {
            "notifications_notification": story.notification_id,
            "delivery_deadletter": letter.pk,
            "delivery_redrive": _first(Redrive.objects.all()).pk,
            "delivery_sandboxmessage": _first(SandboxMessage.objects.exclude(html="")).pk,
            "delivery_provideraccount": shop.in_trouble,
            "delivery_unmatchedreceipt": _first(UnmatchedReceipt.objects.filter(delivery=None)).pk,
            "notifications_notice": _first(Notice.objects.filter(lifted_at=None)).pk,
            "notifications_policy": Policy.objects.get(topic="order.delayed").pk,
            "notifications_recipient": story.notification.recipient_id,
            "notifications_suppression": _first(Suppression.objects.filter(reason="manual")).pk,
            "templates_app_template": confirmed[0].template_id,
            "version": confirmed.get(number=3).pk,
            "version_add": confirmed[0].template_id,
            "tenants_apikey": ApiKey.objects.get(tenant_id=shop.tenant.id, name="Warehouse").pk,
            **_of_people(access.OPERATOR),
        }
        return Known(ids=ids, parts=_links(shop.invitation, access.EDITOR), app="delivery")


def of_platform(shop: Shop) -> Known:
    """In the console of those who run the installation."""
    ids = {
        "tenants_tenant": shop.tenant.id,
        "tenants_domain": Domain.objects.get(domain__startswith="notify.").pk,
        "tenants_apikey": ApiKey.objects.get(name="Warehouse").pk,
        "tenants_platformkey": PlatformKey.objects.get(name="Customer portal").pk,
        "tenants_platformaccount": PlatformAccount.objects.get(name="Shared Postmark").pk,
        "tenants_strayreceipt": _first(StrayReceipt.objects.all()).pk,
        "bus_outboxentry": _first(OutboxEntry.objects.filter(reason="retry")).pk,
        "bus_linepause": _first(LinePause.objects.filter(reason="guard")).pk,
        "bus_line": _first(Line.objects.all()).pk,
        **_of_people(platform.OPERATOR),
    }
    links = _links(shop.platform_invitation, platform.OPERATOR)
    return Known(ids=ids, parts=links, app="tenants")


def _story() -> Delivery:
    """What gave up by e-mail, of an order that the SMS brought."""
    hour = timezone.now() - timedelta(hours=1)
    rows = Delivery.objects.filter(created_at__gt=hour, status=Status.DEAD, channel="email")
    return _first(rows.filter(notification__topic="order.shipped", attempts=4))


def _of_people(username: str) -> dict[str, Any]:
    return {
        "auth_user": User.objects.get(username=username).pk,
        "operators_invitation": _first(Invitation.objects.filter(revoked_at=None)).pk,
        "auditlog_logentry": _first(LogEntry.objects.exclude(changes=None).order_by("-pk")).pk,
    }


def _links(invitation: str, forgetful: str) -> dict[str, dict[str, str]]:
    user = User.objects.get(username=forgetful)
    part, token = new_passwords.link_of(user)
    return {
        "join": {"secret": invitation},
        "new_password": {"uidb64": part, "token": token},
    }


def _first(rows: QuerySet[Any]) -> Any:
    found = rows.first()
    if found is None:
        raise LookupError(f"there is no {rows.model._meta.verbose_name} to show")
    return found
