"""The pages of real web processes."""

import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.processes import Process, Processes


def get(web: Process, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{web.port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def alive_requests(page: str) -> float:
    """How many requests for /livez the page counts."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == "signalbus_http_requests_total" and sample.labels["route"] == "livez"
    )


def test_metrics_are_the_sum_of_the_processes(processes: Processes, tmp_path: Path) -> None:
    shared = tmp_path / "metrics"
    shared.mkdir()
    web = processes.web(workers=2, PROMETHEUS_MULTIPROC_DIR=str(shared))
    before = alive_requests(get(web, "/metrics"))
    for _ in range(50):
        get(web, "/livez")
    assert len(list(shared.glob("counter_*.db"))) == 2, "both processes count"
    assert [alive_requests(get(web, "/metrics")) for _ in range(5)] == [before + 50] * 5
