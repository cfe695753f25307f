"""An account's page says where its provider is to send receipts, and what is missing."""

from typing import Any

from django.test import Client
from django.utils import timezone

from delivery.receipts.addresses import hook_url
from tenants import doors
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_account

PAGE = "/admin/delivery/provideraccount/{}/change/"


def page(console: Client, row: Any) -> str:
    return console.get(PAGE.format(row.id)).content.decode()


def test_the_page_shows_the_address_and_what_to_enter(console: Client, acme: TenantIdentity):
    row = make_account(acme, "mailgun", credentials={"api_key": "x", "webhook_signing_key": "y"})
    shown = page(console, row)
    assert hook_url("mailgun", row.id) in shown
    assert "?inbound=1" in shown
    assert "HTTP webhook signing key" in shown
    assert "Receipts are checked." in shown
    assert "None yet" in shown
    doors.note_receipt(row.id, timezone.now())
    assert "None yet" not in page(console, row)


def test_it_says_what_is_missing(console: Client, acme: TenantIdentity):
    row = make_account(acme, "mailgun", credentials={"api_key": "x"})
    assert "Receipts are refused until Signing key is filled in above." in page(console, row)


def test_it_says_that_nobody_outside_reaches_localhost(
    console: Client, acme: TenantIdentity, settings: Any
):
    row = make_account(acme, "brevo")
    assert "SIGNALBUS_HOOKS_URL" in page(console, row)
    settings.HOOKS_URL = "https://hooks.example.org"
    shown = page(console, row)
    assert f"https://hooks.example.org/hooks/brevo/{row.id}" in shown
    assert "SIGNALBUS_HOOKS_URL" not in shown


def test_a_kind_that_tells_nothing_has_no_address(console: Client, acme: TenantIdentity):
    assert "/hooks/" not in page(console, make_account(acme, "simulator"))


def test_the_api_shows_it_too(api: Api, acme: TenantIdentity):
    hooked, quiet = make_account(acme, "brevo"), make_account(acme, "simulator")
    shown = api.get(f"/provider-accounts/{hooked.id}").body
    assert shown["hook_url"] == hook_url("brevo", hooked.id)
    assert api.get(f"/provider-accounts/{quiet.id}").body["hook_url"] is None
