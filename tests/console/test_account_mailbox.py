"""An account's page says whether the mailbox of its bounces can be read."""

from django.test import Client
from django.utils import timezone

from tenants import doors
from tenants.identity import TenantIdentity
from tests.make import make_account

PAGE = "/admin/delivery/provideraccount/{}/change/"
TITLE = "Bounces: what comes back as mail"


def test_it_says_what_the_server_said(console: Client, acme: TenantIdentity):
    options = {"host": "127.0.0.1", "imap_host": "imap.acme.example"}
    row = make_account(acme, "smtp", options=options)
    page = console.get(PAGE.format(row.id)).content.decode()
    assert TITLE in page
    assert "Not read yet" in page
    doors.note_mailbox(row.id, timezone.now(), "wrong password")
    page = console.get(PAGE.format(row.id)).content.decode()
    assert "Cannot be read" in page
    assert "wrong password" in page
    doors.note_mailbox(row.id, timezone.now(), "")
    assert "Is read" in console.get(PAGE.format(row.id)).content.decode()


def test_an_account_without_one_says_nothing(console: Client, acme: TenantIdentity):
    row = make_account(acme, "smtp", options={"host": "127.0.0.1"})
    assert TITLE not in console.get(PAGE.format(row.id)).content.decode()
