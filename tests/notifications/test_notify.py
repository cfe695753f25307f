"""POST /notify, through the door."""

import pytest

from notifications.models import Delivery, Notification
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tests.door import Api
from tests.make import make_policy

ANA = {"id": "user-42", "email": "ana@example.org", "phone": "+33612345678"}


@pytest.fixture
def greeting(acme):
    make_policy(acme)


def test_it_accepts(api: Api, acme, greeting):
    answer = api.post("/notify", {"topic": "person.greeted", "recipient": ANA, "data": {"name": "Ana"}})
    assert answer.status == 202, answer
    assert [d["status"] for d in answer.body["deliveries"]] == ["queued", "queued"]
    with in_tenant(acme):
        assert Notification.objects.count() == 1
        assert {str(d.id) for d in Delivery.objects.all()} == {
            str(e.id) for e in OutboxEntry.objects.all()
        }
