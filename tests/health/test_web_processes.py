"""The pages of real web processes."""

import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.processes import Process, Processes, eventually


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


def ask_often(web: Process) -> bool:
    """Fifty requests, so many at once that one process alone does not get them all."""
    with ThreadPoolExecutor(max_workers=10) as pool:
        return len(list(pool.map(get, [web] * 50, ["/livez"] * 50))) == 50


def test_metrics_are_the_sum_of_the_processes(processes: Processes, tmp_path: Path) -> None:
    shared = tmp_path / "metrics"
    shared.mkdir()
    web = processes.web(workers=2, PROMETHEUS_MULTIPROC_DIR=str(shared))
    eventually(lambda: ask_often(web) and len(list(shared.glob("counter_*.db"))) == 2)
    before = alive_requests(get(web, "/metrics"))
    ask_often(web)
    assert [alive_requests(get(web, "/metrics")) for _ in range(5)] == [before + 50] * 5
