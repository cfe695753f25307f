"""What operators do about notifications: each act calls the service that the API calls."""

from django.test import Client

from delivery.models import DeadLetter
from notifications.models import Action, Notification
from notifications.states import Status
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.console.stories import make_delivery, make_notification, make_story

LIST = "/admin/notifications/notification/"


def _reload(tenant: TenantIdentity, row: Notification) -> Notification:
    with in_tenant(tenant):
        row.refresh_from_db()
    return row


def test_cancel(console: Client, acme: TenantIdentity) -> None:
    row = make_notification(acme)
    make_delivery(acme, row)
    answer = console.post(f"{LIST}{row.id}/cancel/", follow=True)
    assert b"Cancelled: 1 delivery." in answer.content
    assert _reload(acme, row).status == Status.CANCELLED
    assert not OutboxEntry.objects.exists()
    with in_tenant(acme):
        assert Action.objects.get().actor == "user olga"
    again = console.post(f"{LIST}{row.id}/cancel/", follow=True)
    assert b"Nothing of it waits any more" in again.content


def test_redrive(console: Client, acme: TenantIdentity) -> None:
    row = make_story(acme)
    answer = console.post(f"{LIST}{row.id}/redrive/", follow=True)
    assert b"In the line again: 1 delivery." in answer.content
    assert _reload(acme, row).status == Status.QUEUED
    assert OutboxEntry.objects.count() == 1


def test_acts_need_a_post(console: Client, acme: TenantIdentity) -> None:
    row = make_story(acme)
    assert console.get(f"{LIST}{row.id}/redrive/").status_code == 405
    assert _reload(acme, row).status == Status.DEAD


def test_acts_on_many(console: Client, acme: TenantIdentity) -> None:
    dead = [make_story(acme), make_story(acme, mode="test")]
    chosen = {"action": "redrive_selected", "_selected_action": [row.id for row in dead]}
    console.post(LIST, chosen)
    assert [_reload(acme, row).status for row in dead] == [Status.QUEUED, Status.DEAD]
    console.post(f"{LIST}?mode=test", chosen)
    assert _reload(acme, dead[1]).status == Status.QUEUED
    console.post(LIST, {"action": "cancel_selected", "_selected_action": [dead[0].id]})
    assert _reload(acme, dead[0]).status == Status.CANCELLED


def test_dead_letters_are_acknowledged_and_redriven(console: Client, acme: TenantIdentity) -> None:
    first, second = make_story(acme), make_story(acme)
    with in_tenant(acme):
        letters = {
            letter.notification_id: letter.id for letter in DeadLetter.objects.order_by("id")
        }
    listing = "/admin/delivery/deadletter/"
    assert len(console.get(listing).context["cl"].result_list) == 2
    console.post(f"{listing}{letters[first.id]}/acknowledge/")
    console.post(f"{listing}{letters[second.id]}/redrive/")
    assert not console.get(listing).context["cl"].result_list
    assert len(console.get(f"{listing}?state=all").context["cl"].result_list) == 2
    assert _reload(acme, second).status == Status.QUEUED


def test_a_redriven_dead_letter_says_what_it_died_of(console: Client, acme: TenantIdentity) -> None:
    row = make_story(acme)
    console.post(f"{LIST}{row.id}/redrive/")
    with in_tenant(acme):
        letter = DeadLetter.objects.get()
    page = console.get(f"/admin/delivery/deadletter/{letter.id}/change/").content.decode()
    assert "421" in page
