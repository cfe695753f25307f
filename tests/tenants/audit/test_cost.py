"""What is asked often is not slower for the log: it writes nothing and asks nothing."""

from auditlog.registry import auditlog

from delivery.models import Attempt, DeadLetter, Receipt
from notifications.models import Action, Batch, Delivery, Notification
from signalbus.api.models import IdempotencyRecord
from signalbus.bus.models import LinePause, OutboxEntry
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_policy
from tests.tenants.audit.logged import entries

HOT = (
    *(Notification, Delivery, Action, Batch, Attempt, Receipt, DeadLetter),
    *(OutboxEntry, LinePause, IdempotencyRecord),
)


def test_no_signal_of_the_log_hears_of_what_is_sent() -> None:
    assert not [model for model in HOT if auditlog.contains(model)]


def test_accepting_writes_nothing_into_the_log(api: Api, acme: TenantIdentity) -> None:
    """Not even where it makes people known, which would be a change if somebody made it."""
    make_policy(acme)
    before = len(entries(acme))
    body = {
        "topic": "person.greeted",
        "recipient": {"id": "user-42", "email": "ana@example.org"},
        "data": {"name": "Ana"},
    }
    assert api.post("/notify", body).status == 202
    again = {**body, "recipient": {"id": "user-42", "email": "zoe@example.org"}}
    assert api.post("/notify", again).status == 202
    assert api.get("/notifications").status == 200
    assert len(entries(acme)) == before
