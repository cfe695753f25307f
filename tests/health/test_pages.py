import json
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from signalbus.core import health, probes
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.core.away import refusing_server

ANY_HOST = {"host": "nobody-knows.example.org"}


@pytest.fixture
def client() -> Any:
    health._prober.cache_clear()
    client = Client(headers=ANY_HOST)
    client.get("/livez")  # the first request of a process loads all addresses
    yield client
    health._prober.cache_clear()
    probes._kafka_client.cache_clear()


@pytest.mark.parametrize("path", ["/livez", "/health"])
def test_alive_asks_nobody(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/readyz", "/health/ready"])
def test_ready_names_every_server(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert set(answer.json()["checks"]) == {"postgresql", "redis", "kafka"}


def test_without_redis_it_is_degraded(client: Client, settings: Any) -> None:
    settings.REDIS_URL = refusing_server()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["culprits"] == ["redis"]


def test_without_kafka_it_is_degraded_within_its_limit(client: Client, settings: Any) -> None:
    settings.KAFKA_BROKERS = "127.0.0.1:1"
    probes._kafka_client.cache_clear()
    started = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - started < 4
    assert (answer.status_code, answer.json()["culprits"]) == (200, ["kafka"])


def test_without_postgresql_it_is_unavailable(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "PORT", 1)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["culprits"] == ["postgresql"]
    assert "127.0.0.1" not in json.dumps(answer.json())


def test_only_reading_is_answered(client: Client) -> None:
    assert client.post("/livez").status_code == 405
    assert client.head("/readyz").status_code == 200


def test_metrics_are_prometheus_text(client: Client) -> None:
    client.get("/livez")
    page = client.get("/metrics")
    assert page["Content-Type"].startswith("text/plain")
    samples = [
        sample
        for family in text_string_to_metric_families(page.content.decode())
        for sample in family.samples
    ]
    names = {sample.name for sample in samples}
    assert {"signalbus_build_info", "signalbus_http_requests_total"} <= names
    assert "django_http_requests_before_middlewares_total" in names
    labels = {"route": "livez", "method": "GET", "code": "200"}
    assert any(
        sample.name == "signalbus_http_requests_total" and sample.labels == labels
        for sample in samples
    )


def test_database_and_cache_are_measured(client: Client, acme: TenantIdentity) -> None:
    with in_tenant(acme):
        cache.get("something")
    page = client.get("/metrics").content.decode()
    for series in ("django_db_execute_total{", "django_cache_get_total{"):
        assert series in page, series
