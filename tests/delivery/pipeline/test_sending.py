"""From an entry in the line to a delivery that is sent, and what is written down about it."""

from typing import Any
from uuid import UUID

from delivery.models import SandboxMessage
from delivery.providers.account import SIMULATOR
from delivery.providers.simulator.driver import Simulator
from signalbus.bus.envelope import Envelope
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Line, ask, lead_everything_to, settle
from tests.door import Api
from tests.make import make_recipient, make_template


def test_an_accepted_message_is_sent_once_and_its_entry_ends(api: Api, line: Line) -> None:
    ask(api)
    line.deliver()
    delivery, (attempt,) = line.delivery(), line.attempts()
    assert (delivery.status, delivery.attempts, line.notification().status) == ("sent", 1, "sent")
    assert delivery.reference == attempt.reference == f"ref-{attempt.id}"
    assert (attempt.outcome, attempt.number, attempt.provider) == ("accepted", 1, "simulator")
    assert line.entry() is None
    (message,) = line.provider.sent
    assert (message.subject, message.text) == ("Hi Ana", "Hello Ana")
    assert (message.attempt, message.key) == (attempt.id, f"{delivery.id}-0")


def test_the_recipients_own_data_reach_the_template(api: Api, line: Line) -> None:
    make_recipient(line.tenant, "user-1", attributes={"name": "Ana"}, locale="en")
    ask(
        api,
        to="",
        recipient="user-1",
        channel="email",
        subject="s",
        data={"x": 1},
        text="{{ recipient.attributes.name }} {{ recipient.email }} {{ recipient.id }}",
    )
    line.deliver()
    assert line.provider.sent[0].text == "Ana ana@example.org user-1"


def test_the_pinned_version_is_rendered(api: Api, line: Line) -> None:
    make_template(line.tenant)
    ask(api, text=None, subject=None, template="greeting")
    line.deliver()
    assert line.provider.sent[0].subject == "Hi Ana"


def test_the_simulator_keeps_the_message_and_gives_its_receipt(
    test_api: Api, line: Line, monkeypatch: Any
) -> None:
    lead_everything_to(Simulator(SIMULATOR), monkeypatch)
    ask(test_api)
    line.deliver()
    assert (line.delivery().status, line.notification().status) == ("delivered", "delivered")
    with in_tenant(line.tenant):
        kept = SandboxMessage.objects.get()
    assert (kept.address, kept.subject, kept.text) == ("ana@example.org", "Hi Ana", "Hello Ana")


def test_a_bounce_suppresses_the_address_for_the_next_one(
    test_api: Api, line: Line, monkeypatch: Any
) -> None:
    lead_everything_to(Simulator(SIMULATOR), monkeypatch)
    first = ask(test_api, to="bounced@example.org")
    line.deliver()
    second = ask(test_api, to="bounced@example.org")
    line.deliver()
    assert line.delivery(first).status == "bounced"
    assert (line.delivery(second).status, line.delivery(second).reason) == ("skipped", "suppressed")


def test_a_message_that_comes_twice_is_sent_once(api: Api, line: Line) -> None:
    ask(api)
    (envelope,) = line.publish()
    queue = line.queues["email.normal"]
    queue.put(envelope)
    settle(line.worker())
    queue.put(envelope)
    settle(line.worker())
    assert len(line.provider.sent) == 1
    assert len(queue.committed) == 3


def test_a_redelivery_during_the_call_does_not_look_like_an_expired_claim(
    api: Api, line: Line
) -> None:
    ask(api)
    (envelope,) = line.publish()
    line.provider.gate.clear()
    worker, other = line.worker(), line.worker()
    worker.step()
    line.queues["email.normal"].put(envelope)
    settle(other)
    line.provider.gate.set()
    settle(worker)
    assert (line.delivery().status, len(line.provider.sent)) == ("sent", 1)
    assert [attempt.outcome for attempt in line.attempts()] == ["accepted"]


def test_a_stale_message_does_nothing(api: Api, line: Line) -> None:
    ask(api)
    (stale,) = line.publish()
    line.queues["email.normal"].waiting.clear()
    line.pass_time(1000)
    line.publish()
    line.queues["email.normal"].waiting.clear()
    line.queues["email.normal"].put(stale)
    settle(line.worker())
    assert line.provider.sent == []
    assert line.delivery().status == "queued"


def test_a_message_of_an_unknown_tenant_is_passed_over(line: Line) -> None:
    line.queues["email.normal"].put(
        Envelope(v=1, tenant=999_999, entry=UUID(int=1), generation=1, purpose="send")
    )
    settle(line.worker())
    assert len(line.queues["email.normal"].committed) == 1


def test_a_cancelled_delivery_is_not_sent(api: Api, line: Line) -> None:
    notification = ask(api)
    line.publish()
    assert api.post(f"/notifications/{notification}/cancel").status == 200
    settle(line.worker())
    assert line.provider.sent == []
    assert line.delivery().status == "cancelled"


def test_two_workers_with_the_same_message_send_once(api: Api, line: Line) -> None:
    ask(api)
    (envelope,) = line.publish()
    one, other = line.worker(), line.worker()
    line.provider.gate.clear()
    one.step()
    line.queues["email.normal"].put(envelope)
    other.step()
    line.provider.gate.set()
    settle(one)
    settle(other)
    assert len(line.provider.sent) == 1
