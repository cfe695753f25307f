"""How many SQL statements a turn takes: as many for 500 deliveries as for a few."""

from typing import Any

import pytest

from delivery import accounts, topic_rules
from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline.worker import Worker
from delivery.providers.account import SIMULATOR
from delivery.providers.base import Accepted
from delivery.providers.simulator.driver import Simulator
from tenants import identity, provisioning
from tenants.schemas import Counted, count_statements
from tests.delivery.pipeline.kit import Line, lead_everything_to, settle
from tests.door import Api
from tests.make import make_key

# Of too many faults the account would be left alone.
OUTCOMES = (
    *[Accepted(reference="x")] * 5,
    DeliveryError(error_class=ErrorClass.PROVIDER_DOWN),
    DeliveryError(error_class=ErrorClass.CONTENT_REFUSED),
    DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME),
)


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
