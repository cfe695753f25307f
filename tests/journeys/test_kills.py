"""`kill -9` in the middle of the work: nothing is lost, nothing is there twice."""

import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from notifications.models import Delivery, Notification
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.journeys.http import Client
from tests.make import make_account, make_key
from tests.processes import Processes, eventually

COUNT = 2_000
CLIENTS = 4
MAX_IN_FLIGHT = 64
SETTINGS = {
    "SIGNALBUS_VISIBILITY": "8",
    "SIGNALBUS_VISIBILITY_HIGH": "8",
    "SIGNALBUS_RETRY_FIRST": "0.2",
}


@pytest.mark.slow
def test_everything_accepted_survives_kills(
    acme: TenantIdentity, processes: Processes, tmp_path: Path
) -> None:
    make_account(acme, options={"latency_ms": 5})
    journal = tmp_path / "journal.jsonl"
    web = processes.web(workers=2)
    relay = processes.relay(**SETTINGS)
    worker = processes.worker(
        "email", "--max-in-flight", str(MAX_IN_FLIGHT), SIMULATOR_JOURNAL=str(journal), **SETTINGS
    )
    client = Client(web.port, make_key(acme))
    accepted: list[str] = []
    threads = [_sender(client, accepted, n) for n in range(CLIENTS)]
    for turn, process in enumerate((worker, relay, web, worker, web, relay, worker)):
        eventually(lambda far=turn: len(accepted) > far * 200 + 150, 60, "clients go on")
        process.kill()
        process.start()
    for thread in threads:
        thread.join(120)
    assert len(set(accepted)) == COUNT
    eventually(lambda: _open(acme) == 0, 90, "every delivery is settled")
    _check(acme, accepted, journal, kills=3)


def _sender(client: Client, accepted: list[str], number: int) -> threading.Thread:
    def send() -> None:
        for index in range(COUNT // CLIENTS):
            body = {
                "topic": "welcome",
                "recipient": {"email": f"person{number}-{index}@example.org"},
                "correlation_id": f"{number}-{index}",
            }
            accepted.append(client.post_until_accepted("/notify", body)["id"])
            time.sleep(0.001)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def _open(tenant: TenantIdentity) -> int:
    with in_tenant(tenant):
        return Delivery.objects.filter(status="queued").count()


def _check(tenant: TenantIdentity, accepted: list[str], journal: Path, *, kills: int) -> None:
    with in_tenant(tenant):
        stored = list(Notification.objects.values_list("id", "correlation_id", "status"))
        repeated = set(Delivery.objects.filter(possibly_repeated=True).values_list("id", flat=True))
    assert {str(id_) for id_, _, _ in stored} == set(accepted)
    assert len({correlation for _, correlation, _ in stored}) == COUNT
    assert {status for _, _, status in stored} == {"delivered"}
    sends = Counter(line["delivery"] for line in _lines(journal))
    assert len(sends) == COUNT
    twice = {delivery for delivery, times in sends.items() if times > 1}
    assert twice <= {str(delivery) for delivery in repeated}
    assert len(repeated) <= kills * 2 * MAX_IN_FLIGHT, "more than was in flight or unrecorded"


def _lines(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text().splitlines()]
