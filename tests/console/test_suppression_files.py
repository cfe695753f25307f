"""Export and import of suppressions in the console."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notifications.models import Suppression
from tenants import suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.console.stories import make_story
from tests.make import make_suppression

LIST = "/admin/notifications/suppression/"


def upload(console: Client, text: str, mode: str = "live") -> Any:
    file = SimpleUploadedFile("list.csv", text.encode(), "text/csv")
    return console.post(f"{LIST}import/", {"file": file, "mode": mode}, follow=True)


def modes(tenant: TenantIdentity) -> list[str]:
    with in_tenant(tenant):
        return list(Suppression.objects.values_list("mode", flat=True))


def test_the_list_leads_to_both(console: Client) -> None:
    page = console.get(LIST, {"mode": "test"}).content.decode()
    assert f"{LIST}export/?mode=test" in page
    assert f"{LIST}import/?mode=test" in page


def test_the_export_has_the_modes_own(
    console: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    make_suppression(acme, "live@example.org")
    make_suppression(acme, "test@example.org", mode="test")
    make_suppression(globex, "theirs@example.org")
    answer = console.get(f"{LIST}export/", {"mode": "test"})
    text = answer.getvalue().decode()
    assert "test@example.org" in text
    assert "live@example.org" not in text
    assert "theirs@example.org" not in text


def test_an_import_says_what_it_did(console: Client, acme: TenantIdentity) -> None:
    answer = upload(console, "channel,address\nemail,ana@example.org\n", "test")
    assert b"1 rows: 1 added, 0 changed, 0 as they were." in answer.content
    assert modes(acme) == ["test"]


def test_an_import_that_fails_says_which_rows(console: Client, acme: TenantIdentity) -> None:
    answer = upload(console, "channel,address\nemail,ana@example.org\nemail,nonsense\n")
    page = answer.content.decode()
    assert "Nothing was imported" in page
    assert "<td>3</td><td>address</td><td>This is not an e-mail address" in page
    assert modes(acme) == []


def test_without_a_file_the_page_says_so(console: Client) -> None:
    answer = console.post(f"{LIST}import/", {"mode": "live"})
    assert b"This field is required" in answer.content


def test_a_suspended_tenant_imports_nothing(console: Client, acme: TenantIdentity) -> None:
    suspension.suspend(acme.id, "Unpaid.")
    upload(console, "channel,address\nemail,ana@example.org\n")
    assert modes(acme) == []


def test_the_page_of_one_leads_to_where_it_came_from(console: Client, acme: TenantIdentity) -> None:
    story = make_story(acme)
    with in_tenant(acme):
        delivery = story.deliveries.get().id
    row = make_suppression(acme, "ana@example.org", source_delivery=delivery)
    assert str(story.id).encode() in console.get(f"{LIST}{row.id}/change/").content
