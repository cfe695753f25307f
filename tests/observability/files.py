"""The rules and dashboards as data, and every expression in them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.processes import ROOT

FOLDER = ROOT / "docker" / "observability"
RULES = sorted((FOLDER / "rules").glob("*.yml"))
DASHBOARDS = sorted((FOLDER / "grafana" / "dashboards").glob("*.json"))
GRAFANAS_OWN = re.compile(r"\$__(rate_interval|interval|range)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """PromQL with its place; `shown` are the labels that texts beside it speak of."""

    where: str
    text: str
    shown: frozenset[str] = frozenset()


def rules() -> list[dict[str, Any]]:
    """Every rule of every group, recording and alerting."""
    documents = [yaml.safe_load(path.read_text()) for path in RULES]
    return [rule for each in documents for group in each["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    """The rules that tell somebody."""
    return [rule for rule in rules() if "alert" in rule]


def dashboards() -> dict[str, dict[str, Any]]:
    """By the name of the file."""
    return {path.stem: json.loads(path.read_text()) for path in DASHBOARDS}


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that show something."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[Expression]:
    """All PromQL, with Grafana's own variables filled in."""
    for rule in rules():
        yield Expression(
            where=rule.get("alert") or rule["record"], text=rule["expr"], shown=_spoken_of(rule)
        )
    for name, dashboard in dashboards().items():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                if target["datasource"]["uid"] == "${metrics}":
                    yield _of_target(f"{name}: {panel['title']}", target)


def log_queries() -> Iterator[tuple[str, str]]:
    """Where it stands, and the LogQL."""
    for name, dashboard in dashboards().items():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                if target["datasource"]["uid"] == "${logs}":
                    yield f"{name}: {panel['title']}", target["expr"]


def _of_target(where: str, target: dict[str, Any]) -> Expression:
    shown = frozenset(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
    return Expression(where=where, text=GRAFANAS_OWN.sub("5m", target["expr"]), shown=shown)


def _spoken_of(rule: dict[str, Any]) -> frozenset[str]:
    texts = " ".join(rule.get("annotations", {}).values())
    return frozenset(re.findall(r"\$labels\.(\w+)", texts))
