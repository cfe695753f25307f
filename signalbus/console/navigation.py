"""The sidebars: what stands where, in which group."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from delivery.models import DeadLetter

Item = tuple[str, str, str]  # title, icon, URL name below `admin:`
MOST_COUNTED = 99

TENANT: Sequence[tuple[str, Sequence[Item]]] = (
    (
        "Messages",
        (
            ("Notifications", "notifications", "notifications_notification_changelist"),
            ("Dead letters", "error", "delivery_deadletter_changelist"),
            ("Sandbox", "science", "delivery_sandboxmessage_changelist"),
        ),
    ),
    (
        "Content",
        (
            ("Templates", "draft", "templates_app_template_changelist"),
            ("Policies", "rule", "notifications_policy_changelist"),
        ),
    ),
    (
        "People",
        (
            ("Recipients", "group", "notifications_recipient_changelist"),
            ("Suppressions", "block", "notifications_suppression_changelist"),
        ),
    ),
    (
        "Delivering",
        (("Provider accounts", "outgoing_mail", "delivery_provideraccount_changelist"),),
    ),
    (
        "Access",
        (
            ("API keys", "key", "tenants_apikey_changelist"),
            ("Users", "person", "auth_user_changelist"),
        ),
    ),
)
PLATFORM: Sequence[tuple[str, Sequence[Item]]] = (
    (
        "Customers",
        (
            ("Tenants", "apartment", "tenants_tenant_changelist"),
            ("Domains", "language", "tenants_domain_changelist"),
            ("API keys", "key", "tenants_apikey_changelist"),
        ),
    ),
    (
        "The line",
        (
            ("Backlog", "stacked_bar_chart", "bus_backlog"),
            ("Outbox entries", "outbox", "bus_outboxentry_changelist"),
            ("Pauses", "pause_circle", "bus_linepause_changelist"),
        ),
    ),
    ("Access", (("Platform users", "person", "auth_user_changelist"),)),
)


def of_tenant(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of a tenant's sidebar; the dead letters that wait are counted beside them."""
    groups = _groups(TENANT)
    waiting = open_dead_letters()
    if waiting:
        groups[0]["items"][1] |= {"badge": waiting, "badge_variant": "danger"}
    return groups


def of_platform(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the platform's sidebar."""
    return _groups(PLATFORM)


def open_dead_letters() -> str:
    """How many live dead letters wait for somebody, counted up to 99; nothing for none."""
    waiting = DeadLetter.objects.filter(
        mode="live", acknowledged_at__isnull=True, redriven_at__isnull=True
    )
    count = len(waiting.order_by().values_list("pk")[: MOST_COUNTED + 1])
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")


def tenant_name(request: HttpRequest) -> str:
    """Whose console this is."""
    tenant = getattr(request, "tenant", None)
    return tenant.name if tenant else "Signalbus"


def stylesheet(request: HttpRequest) -> str:
    """The address of what the consoles look like beyond django-unfold."""
    return static("console/console.css")


def _groups(groups: Sequence[tuple[str, Sequence[Item]]]) -> list[dict[str, Any]]:
    return [
        {"title": title, "separator": False, "items": [_item(*item) for item in items]}
        for title, items in groups
    ]


def _item(title: str, icon: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse(f"admin:{name}")}
