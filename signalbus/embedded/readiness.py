"""What Signalbus itself says about being ready."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

TIMEOUT_SECONDS = 12.0  # it probes its three servers in parallel, 3 s each
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The answer of /readyz: `ok`, `degraded` or `unavailable`, and which servers are to blame."""

    status: str
    culprits: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Return whether nothing is missing."""
        return self.status == "ok"

    def __str__(self) -> str:
        blamed = f" (missing: {', '.join(self.culprits)})" if self.culprits else ""
        return f"{self.status}{blamed}"


def readiness(port: int) -> Readiness:
    """Ask the web process on the port; one that does not answer is `silent`."""
    try:
        with _direct.open(f"http://127.0.0.1:{port}/readyz", timeout=TIMEOUT_SECONDS) as answer:
            return _read(answer.read())
    except urllib.error.HTTPError as refusal:
        return _read(refusal.read())
    except OSError:
        return Readiness(status="silent")


def _read(body: bytes) -> Readiness:
    try:
        found = json.loads(body)
        return Readiness(status=str(found["status"]), culprits=tuple(found.get("culprits", ())))
    except (ValueError, KeyError, TypeError):
        return Readiness(status="unreadable")
