"""The worker as a process, with the real relay and the real Kafka."""

from delivery.models import Attempt
from notifications.models import Delivery
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import ask
from tests.door import Api
from tests.processes import Processes, eventually


def statuses(tenant: TenantIdentity) -> list[str]:
    with in_tenant(tenant):
        return sorted(Delivery.objects.values_list("status", flat=True))


def test_both_channels_in_one_process(
    test_api: Api, acme: TenantIdentity, processes: Processes
) -> None:
    relay, workers = processes.relay(), processes.workers()
    ask(test_api)
    ask(test_api, to="+33612345678")
    eventually(lambda: statuses(acme) == ["delivered"] * 2, 30, "both are delivered")
    assert (workers.stop(), relay.stop()) == (0, 0)


def test_sigterm_waits_for_what_is_in_flight(
    test_api: Api, acme: TenantIdentity, processes: Processes
) -> None:
    processes.relay()
    worker = processes.worker()
    ask(test_api, to="slow@example.org")
    eventually(lambda: OutboxEntry.objects.exclude(claim=None).exists(), 30, "it is claimed")
    assert worker.stop() == 0
    assert statuses(acme) == ["delivered"]


def test_a_drain_ends_by_itself(test_api: Api, acme: TenantIdentity, processes: Processes) -> None:
    for number in range(20):
        ask(test_api, to=f"user{number}@example.org")
    processes.relay()
    worker = processes.worker("email", "--drain")
    assert worker.process is not None
    assert worker.process.wait(40) == 0
    assert statuses(acme) == ["delivered"] * 20
    with in_tenant(acme):
        assert Attempt.objects.count() == 20
