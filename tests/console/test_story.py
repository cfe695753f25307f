"""The page of a notification: what is under way, what went wrong, and when it looks again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.states import Status
from signalbus.bus.models import OutboxEntry
from tenants.identity import TenantIdentity
from tests.console.stories import AT, make_delivery, make_notification, make_story
from tests.make import make_suppression

LIST = "/admin/notifications/notification/"


def test_it_looks_again_while_something_is_open(console: Client, acme: TenantIdentity) -> None:
    waiting = make_notification(acme)
    make_delivery(acme, waiting)
    settled = make_story(acme)
    assert b'data-refresh="2"' in console.get(f"{LIST}{waiting.id}/change/").content
    assert b'data-refresh="0"' in console.get(f"{LIST}{settled.id}/change/").content


def test_it_looks_again_when_all_was_settled_while_it_was_read(
    console: Client, acme: TenantIdentity
) -> None:
    row = make_notification(acme)
    make_delivery(acme, row, status=Status.DELIVERED)
    assert b'data-refresh="2"' in console.get(f"{LIST}{row.id}/change/").content


def test_it_listens_to_its_own_notification_in_its_mode(
    console: Client, acme: TenantIdentity
) -> None:
    row = make_story(acme, mode="test")
    page = console.get(f"{LIST}{row.id}/change/").content.decode()
    assert f'data-listen="test" data-of="{row.id}"' in page
    assert 'console/live.js"></script>' in page


def test_it_looks_less_often_at_what_waits_for_its_time(
    console: Client, acme: TenantIdentity
) -> None:
    row = make_notification(acme)
    make_delivery(acme, row)
    OutboxEntry.objects.update(available_at=timezone.now() + timedelta(hours=1))
    assert b'data-refresh="10"' in console.get(f"{LIST}{row.id}/change/").content


def test_what_happened_in_one_second_is_told_to_the_millisecond(
    console: Client, acme: TenantIdentity
) -> None:
    row = make_story(acme, created_at=AT + timedelta(milliseconds=250))
    page = console.get(f"{LIST}{row.id}/change/").content.decode()
    assert "12:00:00.250 UTC</time>" in page
    assert "12:00:00.000 UTC</time>" in page


def test_a_published_entry_is_being_handed_over(console: Client, acme: TenantIdentity) -> None:
    row = make_notification(acme)
    make_delivery(acme, row)
    again = timezone.now() + timedelta(seconds=30)
    OutboxEntry.objects.update(published=True, available_at=again)
    page = console.get(f"{LIST}{row.id}/change/").content
    assert b"being handed over" in page
    assert again.isoformat().encode() not in page


@pytest.mark.parametrize("page", ["list", "own"])
def test_what_went_wrong_stands_beside_a_good_status(
    console: Client, acme: TenantIdentity, page: str
) -> None:
    row = make_notification(acme, status=Status.DELIVERED)
    make_delivery(acme, row, status=Status.DELIVERED, channel="sms")
    make_delivery(acme, row, status=Status.DEAD)
    address = LIST if page == "list" else f"{LIST}{row.id}/change/"
    assert b">1 dead</span>" in console.get(address).content


def test_a_suppressed_address_is_not_redriven_and_the_page_says_why(
    console: Client, acme: TenantIdentity
) -> None:
    row = make_story(acme)
    make_suppression(acme, "ana@example.org")
    answer = console.post(f"{LIST}{row.id}/redrive/", follow=True)
    assert b"Remove the suppression first" in answer.content


def test_the_start_page_tells_of_live_ones_only(console: Client, acme: TenantIdentity) -> None:
    make_delivery(acme, make_notification(acme, mode="test", topic="of.tests"))
    page = console.get("/admin/").content
    assert b"of.tests" not in page
    assert b"Nothing live was sent yet" in page
    make_delivery(acme, make_notification(acme, topic="of.customers"))
    page = console.get("/admin/")
    assert b"of.customers" in page.content
    assert page.context["figures"][0].value == "1"


def test_what_was_made_in_another_s_place_says_so(console: Client, acme: TenantIdentity) -> None:
    row = make_notification(acme, status=Status.SENT)
    first = make_delivery(acme, row, fell_over=True)
    assert b">fallback<" not in console.get(f"{LIST}{row.id}/change/").content
    make_delivery(acme, row, channel="sms", fallback_of=first.id)
    assert b">fallback<" in console.get(f"{LIST}{row.id}/change/").content
