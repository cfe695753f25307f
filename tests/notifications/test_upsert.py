"""What requests change of recipients and their addresses."""

import threading
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from notifications import facts, recipients
from notifications.models import Contact, Delivery, Notification, Recipient
from notifications.values import Known, Person
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_recipient
from tests.notifications.asking import ANA, shipped


def stored(acme: TenantIdentity, external_id: str = "user-42") -> dict[str, Any]:
    with in_tenant(acme):
        row = Recipient.objects.get(external_id=external_id, mode="live")
        addresses = {contact.channel: contact.address for contact in row.contacts.all()}
    return {
        "locale": row.locale,
        "time_zone": row.time_zone,
        "attributes": row.attributes,
        **addresses,
    }


def test_an_unknown_person_is_made(api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped())
    assert stored(acme) == {
        "locale": "fr-CA",
        "time_zone": "Europe/Paris",
        "attributes": {"name": "Ana"},
        "email": "ana@example.org",
        "sms": "+33612345678",
    }
    with in_tenant(acme):
        assert Notification.objects.get().recipient_id == Recipient.objects.get().id


def test_given_fields_change_and_absent_ones_stay(api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped())
    changes = {"id": "user-42", "email": "new@example.org", "time_zone": "Asia/Tokyo"}
    answer = api.post("/notify", shipped(recipient={**changes, "locale": None}))
    assert [d["to"] for d in answer.body["deliveries"]] == ["n**@example.org", "********5678"]
    assert stored(acme) == {
        "locale": "fr-CA",
        "time_zone": "Asia/Tokyo",
        "attributes": {"name": "Ana"},
        "email": "new@example.org",
        "sms": "+33612345678",
    }


def test_addresses_and_locales_are_kept_in_their_usual_form(api: Api, acme: TenantIdentity) -> None:
    odd = {"id": "odd", "email": "Ana@EXAMPLE.org", "phone": "+33 6 12 34 56 78", "locale": "FR_ca"}
    assert api.post("/notify", shipped(recipient=odd)).status == 202
    found = stored(acme, "odd")
    assert (found["email"], found["sms"]) == ("ana@example.org", "+33612345678")
    assert found["locale"] == "fr-CA"


def test_who_does_not_change_is_not_written(api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped())
    with in_tenant(acme):
        before = Recipient.objects.get().updated_at
    api.post("/notify", shipped())
    with in_tenant(acme):
        assert Recipient.objects.get().updated_at == before


def test_somebody_anonymous_is_not_kept(api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped(recipient={"email": "bo@example.org"}))
    with in_tenant(acme):
        assert not Recipient.objects.exists()
        assert not Contact.objects.exists()
        assert Delivery.objects.get(channel="email").address == "bo@example.org"


def test_an_address_outside_ascii_is_taken(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notify", shipped(recipient={"email": "ana@bücher.example"}))
    assert answer.body["deliveries"][0]["to"] == "a**@bücher.example"


def test_the_others_row_is_taken_where_two_make_the_same_person(acme: TenantIdentity) -> None:
    """The row comes into being between the look at what is stored and the writing."""
    made = make_recipient(acme, "user-42", email="old@example.org", phone="")
    given = Person(external_id="user-42", addresses={"email": "new@example.org"}, locale="de")
    wanted = {"user-42": Known(external_id="user-42", id=new_id(), locale="de")}
    with in_tenant(acme), transaction.atomic():
        ids = recipients.upsert("live", [given], {}, wanted, timezone.now())
    assert ids == {"user-42": made.id}
    assert stored(acme)["locale"] == "de"
    assert stored(acme)["email"] == "new@example.org"


def test_crossing_batches_about_the_same_people_do_not_deadlock(
    api: Api, acme: TenantIdentity
) -> None:
    """Each batch names the same people, new and known, in another order."""
    people = [{"id": f"p{n}", "email": f"p{n}@example.org"} for n in range(60)]
    api.post("/notifications/batch", {"items": [shipped(recipient=p) for p in people[::2]]})
    answers: list[Any] = []

    def ask(run: int) -> None:
        order = people if run % 2 else people[::-1]
        items = [shipped(recipient={**p, "locale": "fr", "attributes": {"n": run}}) for p in order]
        answers.append(api.post("/notifications/batch", {"items": items}))
        connection.close()

    threads = [threading.Thread(target=ask, args=(run,)) for run in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.body["accepted"] for answer in answers] == [60] * 6
    with in_tenant(acme):
        assert Recipient.objects.count() == 60
        assert Notification.objects.exclude(recipient=None).count() == 30 + 360


def test_modes_have_people_of_their_own(api: Api, test_api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped())
    test_api.post("/notify", shipped(recipient={**ANA, "email": "test@example.org"}))
    with in_tenant(acme):
        assert Recipient.objects.count() == 2
    assert stored(acme)["email"] == "ana@example.org"


def test_somebody_deleted_meanwhile_is_made_anew(
    api: Api, acme: TenantIdentity, monkeypatch: Any
) -> None:
    """The reference of the new address to the deleted row shows only when it is checked."""
    api.post("/notify", shipped())
    real = facts.recipients

    def delete() -> None:
        with in_tenant(acme):
            Recipient.objects.all().delete()
        connection.close()

    def then_deleted(mode: str, ids: Any) -> Any:
        found = real(mode, ids)
        if found:
            elsewhere = threading.Thread(target=delete)
            elsewhere.start()
            elsewhere.join()
        return found

    monkeypatch.setattr(facts, "recipients", then_deleted)
    changed = {"id": "user-42", "email": "new@example.org"}
    answer = api.post("/notify", shipped(recipient=changed))
    assert answer.status == 202
    assert stored(acme)["email"] == "new@example.org"
