"""Receipts that found no delivery, in both consoles."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from signalbus.core.ids import new_id
from tenants.identity import TenantIdentity
from tests.console.lost import make_stray, make_unmatched
from tests.make import make_account, make_platform_account

UNMATCHED = "/admin/delivery/unmatchedreceipt/"
STRAY = "/admin/tenants/strayreceipt/"


def shown(browser: Client, address: str, **query: str) -> list[Any]:
    return [row.pk for row in browser.get(address, query).context["cl"].result_list]


def test_strays_are_listed_and_filtered_by_kind_and_found_by_their_ids(platform: Client) -> None:
    account = make_platform_account("mailersend", name="shared mailer")
    bounced = make_stray(account.id)
    delivered = make_stray(account.id, event="delivered", reference="message-9")
    assert shown(platform, STRAY) == [delivered.pk, bounced.pk]
    assert shown(platform, STRAY, event="bounced") == [bounced.pk]
    assert shown(platform, STRAY, q="message-9") == [delivered.pk]
    assert shown(platform, STRAY, q=bounced.event_id) == [bounced.pk]
    page = platform.get(STRAY).content.decode()
    assert "shared mailer" in page
    assert "deleted after 30 days" in page


def test_a_stray_shows_what_came_with_addresses_masked(platform: Client) -> None:
    row = make_stray()
    page = platform.get(f"{STRAY}{row.pk}/change/").content.decode()
    for part in ("hard_bounced", "z**@example.org", "550 no z**@example.org here", "in 29 d"):
        assert part in page, part
    assert "zoe@example.org" not in page


def test_a_stray_that_is_given_up_says_so(platform: Client) -> None:
    account = make_platform_account("mailersend")
    given_up = make_stray(account.id, look_at=None)
    assert b"no longer" in platform.get(f"{STRAY}{given_up.pk}/change/").content
    sought = make_stray(account.id, event_id="2")
    assert b"in 5 h" in platform.get(f"{STRAY}{sought.pk}/change/").content


def test_a_stray_of_an_account_that_is_gone_shows_its_id(platform: Client) -> None:
    gone = new_id()
    make_stray(gone)
    assert str(gone).encode() in platform.get(STRAY).content


def test_a_tenant_sees_its_own_unmatched_receipts_as_they_came(
    console: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    make_unmatched(globex)
    make_unmatched(acme, delivery_id=new_id(), event_id="matched")
    account = make_account(acme, "sendgrid", name="mailer")
    row = make_unmatched(acme, reference="message-10", account_id=account.id)
    assert shown(console, UNMATCHED) == [row.pk]
    assert shown(console, UNMATCHED, event="complained") == []
    page = console.get(f"{UNMATCHED}{row.pk}/change/").content.decode()
    for part in ("mailer", "message-10", "zoe@example.org", "in 5 h"):
        assert part in page, part


def test_an_old_one_is_looked_for_no_longer(console: Client, acme: TenantIdentity) -> None:
    row = make_unmatched(acme, created_at=timezone.now() - timedelta(hours=7))
    assert b"no longer" in console.get(f"{UNMATCHED}{row.pk}/change/").content


def test_a_matched_receipt_has_no_page_here(console: Client, acme: TenantIdentity) -> None:
    row = make_unmatched(acme, delivery_id=new_id())
    assert console.get(f"{UNMATCHED}{row.pk}/change/").status_code == 302


def test_neither_is_added_changed_or_deleted(
    console: Client, platform: Client, acme: TenantIdentity
) -> None:
    stray = make_stray()
    for browser, address, row in (
        (platform, STRAY, stray),
        (console, UNMATCHED, make_unmatched(acme)),
    ):
        assert browser.get(f"{address}add/").status_code == 403
        assert browser.post(f"{address}{row.pk}/change/", {}).status_code == 403
        assert browser.get(f"{address}{row.pk}/delete/").status_code == 403
