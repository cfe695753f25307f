"""What a process answers about itself: alive, ready, metrics. Open to everybody, no personal data.

Who is taken out of a balancer while Redis is away would do harm: accepting goes on, only slower.
So a process is "degraded" without a server that it can do without, and 503 only without one it
needs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from signalbus.core import exposition, probes
from signalbus.core.probing import Finding, Prober

WEB_NEEDS = frozenset({"postgresql"})
WORKER_NEEDS = frozenset({"postgresql", "kafka"})
JOB_NEEDS = frozenset({"postgresql"})
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, whichever server sends it."""

    body: bytes
    status: int = 200
    content_type: str = JSON


def alive(_: frozenset[str]) -> Answer:
    """The process runs and answers; asks nobody else."""
    return Answer(body=b'{"status":"ok"}')


def ready(needs: frozenset[str]) -> Answer:
    """Whether the servers answer; 503 without one of those needed."""
    return verdict(_prober().ask(), needs)


def metrics(_: frozenset[str]) -> Answer:
    """The metrics for Prometheus."""
    return Answer(body=exposition.page(), content_type=exposition.CONTENT_TYPE)


ROUTES: Mapping[str, Callable[[frozenset[str]], Answer]] = {
    "livez": alive,
    "health": alive,
    "readyz": ready,
    "health/ready": ready,
    "metrics": metrics,
}


def verdict(findings: Mapping[str, Finding], needs: frozenset[str]) -> Answer:
    """The answer that the findings make."""
    culprits = [name for name, finding in findings.items() if not finding.ok]
    missing = needs.intersection(culprits)
    status = "unavailable" if missing else "degraded" if culprits else "ok"
    checks = {name: _check(finding) for name, finding in findings.items()}
    body = {"status": status, "culprits": culprits, "checks": checks}
    return Answer(body=msgspec.json.encode(body), status=503 if missing else 200)


def _check(finding: Finding) -> dict[str, Any]:
    check: dict[str, Any] = {
        "status": "ok" if finding.ok else "down",
        "milliseconds": finding.milliseconds,
    }
    return check | {"detail": finding.detail} if finding.detail else check


@lru_cache(maxsize=1)
def _prober() -> Prober:
    return Prober({"postgresql": probes.postgresql, "redis": probes.redis, "kafka": probes.kafka})
