"""Whatever rules and dashboards ask for is there, with the labels that they go by."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from prometheus_client.metrics import MetricWrapperBase

from signalbus.core import metrics
from tenants.identity import TenantIdentity
from tests.deployment.compose import load
from tests.observability import files, promql, traffic
from tests.observability.files import FOLDER, Expression
from tests.observability.test_measuring import pem
from tests.observability.traffic import Exposed

OF_PROMETHEUS = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity"}}
OF_TARGETS = {"job", "instance", "process"}
LABEL_VALUES = re.compile(r"label_values\((\w+), (\w+)\)")
PLAIN = re.compile(r"[\w.-]+(\|[\w.-]+)*")


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    """The metrics that rules make, with their expressions."""
    return {rule["record"]: rule["expr"] for rule in files.rules() if "record" in rule}


@pytest.fixture
def exposed(acme: TenantIdentity, streams: None, settings: Any, tmp_path: Path) -> Exposed:
    """What is told after traffic of every kind."""
    traffic.make(acme, settings, str(pem(tmp_path)))
    return Exposed.now()


class Known:
    """Which labels a metric has: one that is exposed, one that a rule makes, Prometheus's own."""

    def __init__(self, exposed: Exposed, recorded: dict[str, str]) -> None:
        self.exposed, self.recorded = exposed.labels, recorded

    def has(self, name: str) -> bool:
        return name in self.exposed or name in self.recorded or name in OF_PROMETHEUS

    def labels(self, name: str) -> frozenset[str]:
        if name in self.recorded:
            return promql.produced(self.recorded[name], self.labels)
        own = self.exposed.get(name, {}).keys() | OF_PROMETHEUS.get(name, set())
        return frozenset(own | OF_TARGETS)


def test_every_metric_is_exposed_with_the_labels_used(
    exposed: Exposed, recorded: dict[str, str]
) -> None:
    known = Known(exposed, recorded)
    wrong = [
        f"{each.where}: {problem}"
        for each in files.expressions()
        for problem in _problems(each, known)
    ]
    assert wrong == []
    asked = set(_asked_by_variables())
    assert {(name, label) for name, label in asked if label not in exposed.labels[name]} == set()


def _asked_by_variables() -> Iterator[tuple[str, str]]:
    """The metrics and labels whose values dashboards let one choose among."""
    for dashboard in files.dashboards().values():
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                found = LABEL_VALUES.fullmatch(variable["definition"])
                assert found, variable["definition"]
                yield found[1], found[2]


def _problems(expression: Expression, known: Known) -> Iterator[str]:
    for selector in promql.selectors(expression.text):
        if not known.has(selector.name):
            yield f"{selector.name} is not exposed"
            continue
        labels = known.labels(selector.name)
        for matcher in promql.matchers(selector):
            if matcher.name not in labels:
                yield f"{selector.name} has no label {matcher.name}"
            yield from _unheard_of(selector.name, matcher, known)
    for label in promql.missed(expression.text, known.labels):
        yield f"what is grouped or joined has no label {label}"
    for label in expression.shown - promql.produced(expression.text, known.labels):
        yield f"the result has no label {label}"


def _unheard_of(name: str, matcher: Any, known: Known) -> Iterator[str]:
    """Words that the label never has, such as a state that is written otherwise."""
    seen = known.exposed.get(name, {}).get(matcher.name)
    if seen is None or matcher.name == "code" or not PLAIN.fullmatch(matcher.value):
        return
    for word in matcher.value.split("|"):
        if word not in seen:
            yield f"{name} never has {matcher.name}={word}"


def test_every_metric_of_ours_is_on_a_dashboard() -> None:
    asked = {
        selector.name for each in files.expressions() for selector in promql.selectors(each.text)
    }
    shown = {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in asked}
    ours = {f"signalbus_{name.lower()}" for name, value in vars(metrics).items() if _is_one(value)}
    assert ours - shown == set()


def _is_one(value: Any) -> bool:
    return isinstance(value, MetricWrapperBase)


def test_logs_are_asked_for_processes_that_run() -> None:
    services = load()["services"].keys()
    for where, query in files.log_queries():
        for words in re.findall(r'process=~?"([^"]+)"', query):
            for word in words.split("|"):
                assert any(re.fullmatch(word, name) for name in services), where


def test_jobs_and_processes_of_rules_are_those_that_are_scraped() -> None:
    document = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    jobs = {each["job_name"] for each in document["scrape_configs"]}
    for each in files.expressions():
        for selector in promql.selectors(each.text):
            for matcher in promql.matchers(selector):
                if matcher.name == "job":
                    assert set(matcher.value.split("|")) <= jobs, each.where


def test_prometheus_is_answered_by_whatever_name_it_asks(database: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["signalbus.example.org"]
    answer = Client(headers={"host": "172.18.0.7:8000"}).get("/metrics")
    assert answer.status_code == 200
    assert b"signalbus_build_info{" in answer.content
