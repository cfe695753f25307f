"""Notices in the console: on the start page, in their list, and lifted."""

from django.test import Client

from notifications.models import Notice
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.roles import Role
from tests.console.people import at_console
from tests.make import make_notice

LIST = "/admin/notifications/notice/"


def test_the_start_page_shows_what_is_open(console: Client, acme: TenantIdentity) -> None:
    make_notice(acme, text="Too much bounced.")
    page = console.get("/admin/").content.decode()
    assert "Too much bounced." in page
    assert "sb-notice-stopped" in page


def test_the_start_page_shows_neither_lifted_ones_nor_another_tenants(
    console: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    notice = make_notice(acme)
    console.post(f"{LIST}{notice.id}/lift/")
    make_notice(globex)
    assert b"sb-notice" not in console.get("/admin/").content


def test_lifting_from_the_console_names_the_user(console: Client, acme: TenantIdentity) -> None:
    notice = make_notice(acme)
    page = console.get("/admin/").content.decode()
    assert f'action="{LIST}{notice.id}/lift/"' in page
    answer = console.post(f"{LIST}{notice.id}/lift/", follow=True)
    assert b"It is lifted" in answer.content
    with in_tenant(acme):
        assert Notice.objects.get().lifted_by == "user olga"


def test_the_list_shows_open_ones_first_and_all_when_asked(
    console: Client, acme: TenantIdentity
) -> None:
    notice = make_notice(acme, text="Too much bounced.")
    assert b"Too much bounced." in console.get(LIST).content
    console.post(f"{LIST}{notice.id}/lift/")
    assert b"Too much bounced." not in console.get(LIST).content
    shown = console.get(LIST, {"state": "all"}).content
    assert b"</time> by user olga" in shown


def test_who_may_only_look_sees_no_button(acme: TenantIdentity) -> None:
    notice = make_notice(acme)
    viewer = at_console(acme, Role.VIEWER)
    assert b"/lift/" not in viewer.get("/admin/").content
    assert viewer.post(f"{LIST}{notice.id}/lift/").status_code == 403
