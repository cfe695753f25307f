"""Asking several servers at once whether they answer, each within a limit."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signalbus.core.logs import get_logger

LIMIT_SECONDS = 3.0
FRESH_SECONDS = 1.0  # a younger answer is given again: whoever asks, a server is not flooded

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a probe found. `detail` holds no address and no name: the log has the error itself."""

    ok: bool
    milliseconds: float
    detail: str = ""


class Prober:
    """Runs probes in parallel; a probe returns if its server answers, and raises if not."""

    def __init__(self, probes: Mapping[str, Callable[[], None]]) -> None:
        self._probes = probes
        self._running: dict[str, _Run] = {}
        self._lock = threading.Lock()

    def ask(self) -> dict[str, Finding]:
        """The findings by name, after three seconds at most."""
        with self._lock:
            runs = {name: self._run_of(name) for name in self._probes}
        return {name: run.finding() for name, run in runs.items()}

    def _run_of(self, name: str) -> "_Run":
        """The probe under way or just over, else a new one: a silent server holds one thread."""
        run = self._running.get(name)
        if run is None or run.is_stale():
            run = self._running[name] = _Run(name, self._probes[name])
        return run


class _Run:
    """One probe on a thread of its own, which does not keep the process from ending."""

    def __init__(self, name: str, probe: Callable[[], None]) -> None:
        self._name = name
        self._probe = probe
        self._started = time.monotonic()
        self._over = threading.Event()
        self._finding: Finding | None = None
        threading.Thread(target=self._run, name=f"probe-{name}", daemon=True).start()

    def finding(self) -> Finding:
        """What was found, waiting for it until the limit."""
        self._over.wait(max(0.0, self._started + LIMIT_SECONDS - time.monotonic()))
        return self._finding or Finding(
            ok=False,
            milliseconds=LIMIT_SECONDS * 1000,
            detail=f"no answer within {LIMIT_SECONDS:g} s",
        )

    def is_stale(self) -> bool:
        return self._over.is_set() and time.monotonic() > self._ended + FRESH_SECONDS

    def _run(self) -> None:
        detail = ""
        try:
            self._probe()
        except Exception as error:
            log.warning("probe.failed", server=self._name, error=str(error))
            detail = "connection failed, the log says why"
        self._ended = time.monotonic()
        taken = round((self._ended - self._started) * 1000, 1)
        self._finding = Finding(ok=not detail, milliseconds=taken, detail=detail)
        self._over.set()
