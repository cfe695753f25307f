"""What stands in an object's history, and that it stands in the audit log alone."""

import pytest
from django.contrib.admin.models import LogEntry as OldEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from notifications.models import Suppression
from signalbus.retention import purge_audit_logs
from tenants import suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import Domain
from tenants.roles import Role
from tests.console.people import at_console
from tests.make import make_policy

SUPPRESSIONS = "/admin/notifications/suppression/"
ANA = {"mode": "live", "channel": "email", "address": "ana@example.org", "reason": "manual"}


def _old(tenant: TenantIdentity) -> int:
    with in_tenant(tenant):
        return OldEntry.objects.count()


def test_django_keeps_no_address_of_what_is_added_and_deleted(acme: TenantIdentity) -> None:
    editor = at_console(acme, Role.EDITOR)
    assert editor.post(f"{SUPPRESSIONS}add/", {**ANA, "note": ""}).status_code == 302
    with in_tenant(acme):
        pk = Suppression.objects.get().pk
    editor.post(f"{SUPPRESSIONS}{pk}/change/", {**ANA, "note": "asked"})
    editor.post(f"{SUPPRESSIONS}{pk}/delete/", {"post": "yes"})
    editor.post(f"{SUPPRESSIONS}add/", {**ANA, "note": ""})
    with in_tenant(acme):
        chosen = Suppression.objects.get().pk
    tick = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    assert editor.post(SUPPRESSIONS, tick).status_code == 302
    with in_tenant(acme):
        assert not Suppression.objects.exists()
    assert _old(acme) == 0


def test_buttons_and_the_platform_leave_nothing_there_either(
    platform: Client, acme: TenantIdentity
) -> None:
    add = {"domain": "more.example.org", "tenant": acme.id}
    assert platform.post("/admin/tenants/domain/add/", add).status_code == 302
    platform.post(f"/admin/tenants/tenant/{acme.id}/suspend/", {"reason": "unpaid"})
    suspension.resume(acme.id)
    told = platform.get(f"/admin/tenants/tenant/{acme.id}/history/", follow=True).content
    assert b"more.example.org" in told
    assert b"suspend" in told
    assert OldEntry.objects.count() == 0
    Domain.objects.filter(domain="more.example.org").delete()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.OPERATOR])
def test_whoever_may_see_an_object_sees_who_changed_it(acme: TenantIdentity, role: Role) -> None:
    policy = make_policy(acme)
    with in_tenant(acme):
        policy.description = "For reset@example.org"
        policy.save()
    shown = at_console(acme, role).get(f"/admin/notifications/policy/{policy.pk}/history/")
    assert shown.status_code == 200
    text = shown.content.decode()
    assert "change" in text
    assert "description" in text
    assert "reset@example.org" not in text


def test_the_history_of_nothing_leads_back(acme: TenantIdentity) -> None:
    viewer = at_console(acme, Role.VIEWER)
    for key in ("019a0000-0000-7000-8000-123456789012", "%00", "zz"):
        assert viewer.get(f"/admin/notifications/policy/{key}/history/").status_code == 302


def test_what_django_kept_before_is_emptied(acme: TenantIdentity) -> None:
    at_console(acme, Role.OWNER, "olga")
    with in_tenant(acme):
        OldEntry.objects.create(
            user=User.objects.get(username="olga"),
            content_type=ContentType.objects.get_for_model(Suppression),
            object_repr="ana@example.org (manual)",
            action_flag=1,
        )
    purge_audit_logs(timezone.now())
    assert _old(acme) == 0
