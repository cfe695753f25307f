import json

import pytest

from signalbus.core.health import WEB_NEEDS, WORKER_NEEDS, verdict
from signalbus.core.probing import Finding


@pytest.mark.parametrize(
    ("away", "needs", "code", "status"),
    [
        ([], WEB_NEEDS, 200, "ok"),
        (["redis"], WEB_NEEDS, 200, "degraded"),
        (["kafka"], WEB_NEEDS, 200, "degraded"),
        (["redis", "kafka"], WEB_NEEDS, 200, "degraded"),
        (["postgresql"], WEB_NEEDS, 503, "unavailable"),
        (["redis"], WORKER_NEEDS, 200, "degraded"),
        (["kafka"], WORKER_NEEDS, 503, "unavailable"),
        (["postgresql"], WORKER_NEEDS, 503, "unavailable"),
    ],
)
def test_what_is_needed_decides(
    away: list[str], needs: frozenset[str], code: int, status: str
) -> None:
    findings = {
        name: Finding(ok=name not in away, milliseconds=1.0, detail="gone" if name in away else "")
        for name in ("postgresql", "redis", "kafka")
    }
    answer = verdict(findings, needs)
    body = json.loads(answer.body)
    assert (answer.status, body["status"], body["culprits"]) == (code, status, away)
    assert all(body["checks"][name]["status"] == "down" for name in away)
