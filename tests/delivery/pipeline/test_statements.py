"""How many SQL statements a turn takes: as many for 500 deliveries as for a few."""

from typing import Any

import pytest

from delivery import accounts, topic_rules
from delivery.breaker import breakers
from delivery.errors import DeliveryError, ErrorClass
from delivery.models import ProviderAccount
from delivery.pipeline import plan
from delivery.pipeline.worker import Worker
from delivery.providers.account import SIMULATOR
from delivery.providers.base import Accepted
from delivery.providers.simulator.driver import Simulator
from signalbus.bus import outbox
from signalbus.bus.models import LinePause, OutboxEntry
from signalbus.bus.streams import Lane
from tenants import identity, provisioning
from tenants.context import in_tenant
from tenants.schemas import Counted, count_statements
from tests.delivery.pipeline.kit import Fleet, Line, OneOfFleet, lead_everything_to, settle
from tests.delivery.pipeline.watch_kit import make_watching
from tests.door import Api
from tests.make import make_account, make_key

# Of too many faults the account would be left alone.
OUTCOMES = (
    *[Accepted(reference="x")] * 5,
    DeliveryError(error_class=ErrorClass.PROVIDER_DOWN),
    DeliveryError(error_class=ErrorClass.CONTENT_REFUSED),
    DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME),
)


@pytest.fixture(autouse=True)
def _time_to_render(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a turn is not cut short."""
    monkeypatch.setattr(plan, "RENDER_SECONDS", 60.0)


def accept(api: Api, count: int) -> None:
    items = [
        {"channel": "email", "to": f"user{number}@example.org", "subject": "s", "text": "Hello"}
        for number in range(count)
    ]
    answer = api.post("/notifications/batch", {"items": items})
    assert answer.body["accepted"] == count, answer


def turn(worker: Worker) -> Counted:
    """The statements of one turn over all that was polled, down to its record; with nothing kept
    in process but the texts of templates."""
    identity.forget()
    accounts.forget()
    topic_rules.forget()
    with count_statements() as counted:
        settle(worker)
    return counted


def measure(line: Line, apis: list[Api], count: int) -> Counted:
    for api in apis:
        accept(api, count // len(apis))
    assert len(line.publish()) == count
    return turn(line.worker())


@pytest.fixture
def simulated(line: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    lead_everything_to(Simulator(SIMULATOR), monkeypatch)
    return line


def test_one_tenant(test_api: Api, simulated: Line) -> None:
    measure(simulated, [test_api], 10)
    few = measure(simulated, [test_api], 20)
    many = measure(simulated, [test_api], 500)
    assert many.total == few.total, many.texts
    assert many.total <= 25, many.texts


def test_ten_tenants(simulated: Line) -> None:
    names = [f"tenant-{number}" for number in range(10)]
    tenants = [provisioning.create_tenant(name, f"{name}.localhost") for name in names]
    apis = [Api(make_key(tenant, mode="test")) for tenant in tenants]
    measure(simulated, apis, 10)
    few = measure(simulated, apis, 20)
    many = measure(simulated, apis, 500)
    assert many.total == few.total, many.texts
    assert many.total <= 150, many.texts


def test_outcomes_of_every_kind(api: Api, line: Line, monkeypatch: Any) -> None:
    def mixed(count: int) -> Counted:
        for number in range(count):
            line.provider.answers[f"user{number}@example.org"] += [OUTCOMES[number % len(OUTCOMES)]]
        return measure(line, [api], count)

    mixed(8)
    few, many = mixed(20), mixed(200)
    assert many.total == few.total, many.texts


def test_falling_over(api: Api, fleet_line: Line, fleet: Fleet, monkeypatch: Any) -> None:
    monkeypatch.setattr(OneOfFleet, "max_batch", 500)
    first = make_account(fleet_line.tenant, name="first")
    make_account(fleet_line.tenant, name="second", position=1)
    fleet.broken = {"first"}

    def faults(count: int) -> Counted:
        counted = measure(fleet_line, [api], count)
        breakers().reset(first.id)
        fleet_line.publish()
        settle(fleet_line.worker())
        breakers().reset(first.id)
        return counted

    faults(8)
    few, many = faults(60), faults(400)  # beyond the few that try each account at first
    assert many.total == few.total, many.texts


def test_standing_still(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    account = make_account(fleet_line.tenant, name="only")

    def blocked(count: int) -> Counted:
        accept(api, count)
        assert len(fleet_line.publish()) == count
        breakers().note([(account.id, True)] * 10)
        counted = turn(fleet_line.worker())
        outbox.resume_all([(f"email.{lane}", fleet_line.tenant.id) for lane in Lane], "breaker")
        OutboxEntry.objects.all().delete()
        breakers().reset(account.id)
        return counted

    blocked(8)
    few, many = blocked(20), blocked(200)
    assert many.total == few.total, many.texts
    assert fleet.calls("only") == 0


def test_waiting_for_a_limit(api: Api, fleet_line: Line, fleet: Fleet, monkeypatch: Any) -> None:
    monkeypatch.setattr(OneOfFleet, "max_batch", 500)
    account = make_account(fleet_line.tenant, name="slow")

    def paced(count: int, per_second: float) -> Counted:
        """A limit that is changed begins anew."""
        with in_tenant(fleet_line.tenant):
            ProviderAccount.objects.filter(id=account.id).update(per_second=per_second)
        OutboxEntry.objects.all().delete()
        LinePause.objects.all().delete()
        return measure(fleet_line, [api], count)

    paced(20, 2.0)
    few, many = paced(20, 3.0), paced(200, 4.0)
    assert many.total == few.total, many.texts


def test_falling_back(api: Api, line: Line) -> None:
    """Sending what is watched takes one more; so many watches take as many as a few."""
    make_watching(line.tenant, ["sms"])

    def watched(count: int) -> tuple[Counted, Counted]:
        items = [
            {
                "topic": "person.greeted",
                "recipient": {"id": f"u{number}", "email": f"user{number}@example.org"},
                "data": {"name": "Ana"},
            }
            for number in range(count)
        ]
        assert api.post("/notifications/batch", {"items": items}).body["accepted"] == count
        line.publish()
        sending = turn(line.worker())
        line.pass_time(60)
        assert len(line.publish()) == count
        return sending, turn(line.worker())

    watched(8)
    few, many = watched(20), watched(200)
    assert [each.total for each in many] == [each.total for each in few], many[1].texts
    assert many[1].total <= 20, many[1].texts
