"""What is wrong with a setting keeps processes from starting; what is doubtful is only told."""

import base64
import os
import subprocess
import sys
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from signalbus import settings as declared
from signalbus.checks import registry
from signalbus.checks.figures import BOUNDS
from signalbus.embedded.checks import NO_SERVERS
from tests.processes import MANAGE, ROOT

GOOD_SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
KEY = base64.b64encode(b"k" * 32).decode()
HTTPS = {"BASE_URL": "https://signalbus.example.org", "ALLOWED_HOSTS": [".example.org"]}
MAIL = {"EMAIL_HOST": "mail.example.org"}
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("SIGNALBUS_SECRET_KEY", {"SECRET_KEY": "0123456789abcdefghij"}),
    ("SIGNALBUS_SECRET_KEY", {"SECRET_KEY": "abab" * 20}),
    ("SIGNALBUS_ENCRYPTION_KEYS", {"ENCRYPTION_KEYS": ["k1:c2hvcnQ="]}),
    ("SIGNALBUS_ENCRYPTION_KEYS", {"ENCRYPTION_KEYS": ["k1:not base64"]}),
    ("SIGNALBUS_ENCRYPTION_KEYS", {"ENCRYPTION_KEYS": [f"k1:{KEY}", f"k1:{KEY}"]}),
    ("SIGNALBUS_ENCRYPTION_KEYS", {"ENCRYPTION_KEYS": [f"production-2026x:{KEY}"]}),
    ("SIGNALBUS_BASE_URL", {"BASE_URL": "signalbus.example.org"}),
    ("SIGNALBUS_SECURE_COOKIES", {"SECURE_COOKIES": True, "BASE_URL": "http://example.org"}),
    ("SIGNALBUS_ALLOWED_HOSTS", {"ALLOWED_HOSTS": ["https://example.org"]}),
    ("SIGNALBUS_TRUSTED_ORIGINS", {"CSRF_TRUSTED_ORIGINS": ["example.org"]}),
    ("SIGNALBUS_HOOKS_URL", {"HOOKS_URL": "hooks.example.org"}),
    ("SIGNALBUS_STREAM_URL", {"STREAM_URL": "stream:8001"}),
    ("SIGNALBUS_EMAIL_FROM", {**MAIL, "DEFAULT_FROM_EMAIL": "nonsense"}),
    ("REDIS_URL", {"REDIS_URL": "valkey:6379"}),
    ("REDIS_URL", {"REDIS_URL": "redis://:secret@valkey:port/0"}),
    ("KAFKA_BROKERS", {"KAFKA_BROKERS": "kafka:port"}),
    ("KAFKA_BROKERS", {"KAFKA_BROKERS": "kafka://one:9092"}),
    ("KAFKA_BROKERS", {"KAFKA_BROKERS": "one:9092,,two:9092"}),
    ("SIGNALBUS_KAFKA_OPTIONS", {"KAFKA_OPTIONS": {"no.such.option": "1"}}),
    ("SIGNALBUS_LIMITS", {"LIMITS": {"sms_per_day": 100, "sms_per_month": 99}}),
    ("SIGNALBUS_OUTBOUND_NETWORKS", {"OUTBOUND_NETWORKS": ["10.1.2.3/8"]}),
    ("SIGNALBUS_RETRY_FIRST", {"RETRY_FIRST": 61.0, "RETRY_LONGEST": 60.0}),
    ("SIGNALBUS_RETRY_FIRST", {"RETRY_FIRST": 60.0, "DELIVERY_DEADLINE": 60.0}),
    ("SIGNALBUS_RETRY_TRIES", {"RETRY_TRIES": 0}),
    ("SIGNALBUS_FLOOD_PERCENT", {"FLOOD_PERCENT": 101.0}),
    ("SIGNALBUS_STREAM_PARTITIONS", {"STREAM_PARTITIONS": 0}),
    ("SIGNALBUS_AUDIT_DAYS", {"AUDIT_DAYS": -1}),
    ("SIGNALBUS_DELETE_AFTER_DAYS", {"DELETE_AFTER_DAYS": -5}),
    ("SIGNALBUS_STATISTICS_DAYS", {"STATISTICS_DAYS": 0}),
    ("SIGNALBUS_STATISTICS_HOURS_DAYS", {"STATISTICS_HOURS_DAYS": 1}),
    ("SIGNALBUS_RECONCILE_AFTER", {"RECONCILE_AFTER": ["300", "60"]}),
    ("SIGNALBUS_RECONCILE_AFTER", {"RECONCILE_AFTER": ["soon"]}),
    ("SIGNALBUS_LOG_LEVEL", {"LOG_LEVEL": "LOUD"}),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", {"OTLP_ENDPOINT": "tempo:4318"}),
    ("SIGNALBUS_TRACE_URL", {"TRACE_URL": "grafana.example.org/{trace_id}"}),
    ("SIGNALBUS_TRACE_URL", {"TRACE_URL": "https://grafana.example.org/trace"}),
]
DOUBTFUL: list[tuple[str, dict[str, Any]]] = [
    ("SIGNALBUS_SECRET_KEY", {"SECRET_KEY": GOOD_SECRET[:40]}),
    ("SIGNALBUS_ENCRYPTION_KEYS", {"ENCRYPTION_KEYS": []}),
    ("SIGNALBUS_ENCRYPTION_KEYS", {"ENCRYPTION_KEYS": [f"k2:{KEY}", f"production-2026x:{KEY}"]}),
    ("SIGNALBUS_BASE_URL", {"BASE_URL": "http://localhost:8000/"}),
    ("SIGNALBUS_SECURE_COOKIES", {**HTTPS, "SECURE_COOKIES": False}),
    ("SIGNALBUS_ALLOWED_HOSTS", {**HTTPS, "SECURE_COOKIES": True, "ALLOWED_HOSTS": ["*"]}),
    ("SIGNALBUS_ALLOWED_HOSTS", {**HTTPS, "SECURE_COOKIES": True, "ALLOWED_HOSTS": ["acme.test"]}),
    ("SIGNALBUS_EMAIL_FROM", {**MAIL, "DEFAULT_FROM_EMAIL": "Signalbus <signalbus@localhost>"}),
    ("SIGNALBUS_TRUSTED_PROXIES", {"TRUSTED_PROXIES": (ip_network("0.0.0.0/0"),)}),
    ("SIGNALBUS_KAFKA_OPTIONS", {"KAFKA_OPTIONS": {"sasl.username": "ana"}}),
    ("SIGNALBUS_LIMITS", {"LIMITS": {"requests_per_second": 50, "requests_burst": 10}}),
    ("SIGNALBUS_OUTBOUND_NETWORKS", {"OUTBOUND_NETWORKS": ["::/0"]}),
    ("SIGNALBUS_VISIBILITY_HIGH", {"VISIBILITY_HIGH": 300.0}),
    ("SIGNALBUS_STATIC_ROOT", {"STATIC_ROOT": "/nowhere/static"}),
]


@pytest.fixture(autouse=True)
def _good(settings: Any) -> None:
    settings.SECRET_KEY = GOOD_SECRET
    settings.OUTBOUND_NETWORKS = []


def found(settings: Any, changes: dict[str, Any]) -> list[str]:
    for name, value in changes.items():
        setattr(settings, name, value)
    messages = registry.check_settings()
    assert all(message.hint for message in messages)
    return [str(message.id) for message in messages]


def test_good_settings_are_not_spoken_of(settings: Any) -> None:
    assert found(settings, {**HTTPS, "SECURE_COOKIES": True}) == []


@pytest.mark.parametrize(
    "brokers", ["kafka", "k1:9092, k2:9092", "SASL_SSL://k:9093", "[::1]:9092"]
)
def test_brokers_as_kafkas_client_takes_them(brokers: str, settings: Any) -> None:
    assert found(settings, {"KAFKA_BROKERS": brokers}) == []


@pytest.mark.parametrize("url", ["", "redis://h", "rediss://:p%40@h:1/0", "unix:///run/redis"])
def test_addresses_of_redis_that_are_right(url: str, settings: Any) -> None:
    assert found(settings, {"REDIS_URL": url}) == []


@pytest.mark.parametrize(("variable", "changes"), WRONG)
def test_an_error_names_the_variable(variable: str, changes: dict[str, Any], settings: Any) -> None:
    assert f"signalbus.E.{variable}" in found(settings, changes)


@pytest.mark.parametrize(("variable", "changes"), DOUBTFUL)
def test_a_warning_names_the_variable(
    variable: str, changes: dict[str, Any], settings: Any
) -> None:
    assert found(settings, changes) == [f"signalbus.W.{variable}"]


def test_each_check_speaks_of_variables_that_are_read() -> None:
    spoken = {variable for variable, _ in (*WRONG, *DOUBTFUL)} | BOUNDS.keys()
    assert spoken <= declared.env.declared.keys()


def test_every_number_has_its_bounds() -> None:
    numbers = {
        declaration.name
        for declaration in declared.env.declared.values()
        if declaration.kind in ("number", "whole number")
    }
    assert numbers == BOUNDS.keys()


def test_no_secret_is_repeated(settings: Any) -> None:
    secret = "hunter2-hunter2"
    settings.SECRET_KEY = secret
    settings.ENCRYPTION_KEYS = [f"k1:{secret}"]
    settings.REDIS_URL = f"redis://:{secret}@valkey:port"
    assert secret not in registry.told(registry.check_settings())


def test_web_and_celery_refuse_to_start(settings: Any) -> None:
    registry.demand()
    settings.SECRET_KEY = "short"
    with pytest.raises(ImproperlyConfigured, match=r"SIGNALBUS_SECRET_KEY has 5 .* Make one"):
        registry.demand()


def test_the_database_has_to_be_named(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "")
    assert found(settings, {}) == ["signalbus.E.DATABASE_URL"]


STARTS = {
    "a command": [*MANAGE, "run_relay"],
    "web": [sys.executable, "-c", "import signalbus.wsgi"],
    "celery": [sys.executable, "-m", "celery", "-A", "signalbus", "worker", "-P", "solo"],
    "beat": [sys.executable, "-m", "celery", "-A", "signalbus", "beat"],
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
def test_every_process_tells_the_variable_and_the_remedy(start: list[str]) -> None:
    environment = {"PATH": os.environ["PATH"], **NO_SERVERS, "SIGNALBUS_SECRET_KEY": "short"}
    done = subprocess.run(
        start, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "SIGNALBUS_SECRET_KEY has 5 characters" in done.stderr
    assert "secrets.token_urlsafe" in done.stderr


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mysql://root@db/signalbus", "does not begin with postgresql://"),
        ("postgresql://ana:a/b@db/signalbus", "its port is no number"),
    ],
)
def test_an_address_of_the_database_that_cannot_be_read_is_told(address: str, says: str) -> None:
    environment = {"PATH": os.environ["PATH"], **NO_SERVERS, "DATABASE_URL": address}
    done = subprocess.run(
        [*MANAGE, "check"], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "DATABASE_URL must be" in done.stderr
    assert says in done.stderr
    assert address not in done.stderr
