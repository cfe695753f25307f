"""A notification's page leads to its trace, where a tool for traces is named."""

from typing import Any

from django.test import Client

from notifications.models import Notification
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.console.everything import address
from tests.delivery.history_rows import make_notification


def page(console: Client, tenant: TenantIdentity) -> tuple[str, str]:
    """The trace's id, and the page."""
    row = make_notification(tenant)
    with in_tenant(tenant):
        Notification.objects.filter(id=row.id).update(trace_id="ab" * 16)
    answer = console.get(address(Notification, f"{row.id}/change/"))
    return "ab" * 16, answer.content.decode()


def test_a_link_to_the_trace(console: Client, acme: TenantIdentity, settings: Any) -> None:
    settings.TRACE_URL = "https://traces.example.org/trace/{trace_id}"
    trace, shown = page(console, acme)
    assert f'href="https://traces.example.org/trace/{trace}"' in shown


def test_the_id_alone_where_no_tool_is_named(
    console: Client, acme: TenantIdentity, settings: Any
) -> None:
    settings.TRACE_URL = ""
    trace, shown = page(console, acme)
    assert f'<dd class="sb-id">{trace}</dd>' in shown
