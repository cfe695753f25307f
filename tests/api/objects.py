"""A real object of a tenant and mode for every route of the API."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from delivery import redrives
from delivery.errors import ErrorClass
from delivery.models import SandboxMessage
from delivery.redrives import Order, RedriveFilter
from notifications.models import Batch
from signalbus.api.views import APIResource
from signalbus.bus.streams import Channel
from signalbus.core.ids import new_id
from templates_app import services
from templates_app.services import Content
from tenants import keys
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import Mode
from tests.delivery.history_rows import make_letter, make_sent
from tests.make import (
    make_account,
    make_notice,
    make_policy,
    make_recipient,
    make_suppression,
    make_template,
)

API = "api/v1/"
FIRST_NUMBER = 10**9  # so that no two rows of different tenants or modes have the same id


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address of the API, as the URL table has it."""

    name: str
    path: str
    view: type[APIResource]

    @property
    def methods(self) -> list[str]:
        """What the view answers to, without HEAD."""
        return [
            name.upper()
            for name in self.view.http_method_names
            if name not in ("head", "options") and hasattr(self.view, name)
        ]

    def address(self, values: Mapping[str, Any]) -> str:
        """The address below /api/v1 of the object that the values name."""
        return "/" + self.path.format(**values)


def routes() -> list[Route]:
    """Every route below /api/v1 whose view is one of the API's."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif path.startswith(API):
            yield _route(pattern, path)


def _route(pattern: URLPattern, path: str) -> Route:
    plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path).removeprefix(API)
    return Route(name=pattern.name or "", path=plain, view=pattern.callback.view_class)


def objects_of(tenant: TenantIdentity, mode: str = "live") -> dict[str, dict[str, Any]]:
    """Route → what its placeholders name; each route has an object of its own."""
    return {
        **_collections(),
        **_notifications(tenant, mode, mark_of(tenant, mode)),
        **_templates(tenant, f"{tenant.name}-shared-{mode}"),
        **_others(tenant, mode, mark_of(tenant, mode)),
    }


def mark_of(tenant: TenantIdentity, mode: str) -> str:
    """What stands in everything of this tenant and mode, and nowhere else."""
    return f"{tenant.name}-own-{mode}"


def _collections() -> dict[str, dict[str, Any]]:
    names = (
        "notify notifications notifications-batch redrives dead-letters templates policies "
        "dead-letters-acknowledge "
        "recipients suppressions provider-accounts api-keys sandbox-messages usage statistics "
        "stream notices suppressions-export suppressions-import audit-log"
    )
    return {name: {} for name in names.split()}


def _notifications(tenant: TenantIdentity, mode: str, mark: str) -> dict[str, dict[str, Any]]:
    shown, waiting, failed, dead, unknown = (
        make_sent(tenant, mode=mode, status=status, recipient_ref=mark, topic=mark)
        for status in ("sent", "queued", "failed", "dead", "unknown")
    )
    with in_tenant(tenant):
        delivery = dead.deliveries.get()
        batch = Batch.objects.create(
            id=new_id(), mode=mode, accepted=0, refused=1, created_at=timezone.now()
        )
        SandboxMessage.objects.create(
            id=new_id(),
            mode=mode,
            notification_id=shown.id,
            delivery_id=delivery.id,
            channel="email",
            address="ana@example.org",
            subject=mark,
            created_at=timezone.now(),
        )
    letter = make_letter(tenant, delivery, reason=mark)
    return {
        "notification": {"id": shown.id},
        "notification-cancel": {"id": waiting.id},
        "notification-redrive": {"id": failed.id},
        "notification-settle": {"id": unknown.id},
        "redrive": {"id": _redrive(tenant, mode, mark)},
        "redrive-stop": {"id": _redrive(tenant, mode, mark)},
        "dead-letter-acknowledge": {"id": letter.id},
        "batch": {"id": batch.id},
    }


def _redrive(tenant: TenantIdentity, mode: str, mark: str) -> UUID:
    """A redrive of one delivery, which waits."""
    failed = {"error_class": "provider_down"}
    make_sent(tenant, mode=mode, status="dead", recipient_ref=mark, topic=mark, delivery=failed)
    with in_tenant(tenant):
        wanted = RedriveFilter(channel=Channel.EMAIL, error_class=ErrorClass.PROVIDER_DOWN)
        order = Order.of(mode=mode, actor=mark, wanted=wanted, rate=50)
        return redrives.begin(order).redrive.id


def _templates(tenant: TenantIdentity, mark: str) -> dict[str, dict[str, Any]]:
    """Templates and policies have no mode."""
    template = make_template(tenant, f"{mark}-template")
    with in_tenant(tenant):
        draft = services.add_version(
            template, Content(channel="email", locale="en", subject=mark, text=mark)
        )
    retry = {"tries": 5, "deadline": 3600.0}
    make_policy(tenant, f"{mark}.topic", template=f"{mark}-used", channels=("email",), retry=retry)
    name = {"name": template.name}
    return {
        "template": name,
        "template-versions": name,
        "template-version-publish": {**name, "id": draft.id},
        "template-preview": name,
        "policy": {"topic": f"{mark}.topic"},
        "publish": {"topic": f"{mark}.topic"},
    }


def _others(tenant: TenantIdentity, mode: str, mark: str) -> dict[str, dict[str, Any]]:
    make_recipient(tenant, mark, mode=mode)
    number = FIRST_NUMBER + tenant.id * len(Mode) + Mode.values.index(mode)
    suppression = make_suppression(tenant, f"{mark}@example.org", mode=mode, id=number)
    account = make_account(tenant, name=f"{tenant.name}-shared-{mode}")
    sender = make_account(
        tenant,
        "smtp",
        name=f"{tenant.name}-shared-sender-{mode}",
        options={"host": "smtp.example.org", "from": "shop@example.org"},
    )
    key = keys.create_key(tenant.id, name=mark, mode=mode, scopes=("read",)).key
    shared = f"{tenant.name}-shared-{mode}"
    notice, lifted = (
        make_notice(tenant, text=shared, subject=f"{shared}-{index}") for index in range(2)
    )
    return {
        "notice": {"id": notice.id},
        "notice-lift": {"id": lifted.id},
        "recipient": {"id": mark},
        "suppression": {"id": suppression.id},
        "provider-account": {"id": account.id},
        "provider-account-close-breaker": {"id": account.id},
        "provider-account-domain": {"id": sender.id},
        "api-key": {"id": key.id},
    }
