"""One process that the supervisor keeps running, as a value that travels through a file."""

import hashlib
import json
import signal
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SERVERS, PROCESSES = 0, 1  # tiers: a later one starts when the earlier ones answer
GRACE_SECONDS = 35.0  # processes may take 30 s to record their calls under way


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How to ask whether a unit answers: a TCP connection, or GET of a path when one is given."""

    port: int
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A command with its surroundings.

    `environment_files` names variables whose value is a file's content at the start; a unit whose
    fingerprint changes, by such a file or by its code, is restarted. `user` is a numeric uid and
    gid to drop to. Without a probe a unit is ready once it has run for some seconds.
    `restart_silent` ends a process that runs but has not answered for a minute. `slack_seconds` is
    how much later than asked for its timers may fire.
    """

    name: str
    argv: tuple[str, ...]
    cwd: str
    log: str
    probe: Probe | None = None
    environment: dict[str, str] = field(default_factory=dict)
    environment_files: dict[str, str] = field(default_factory=dict)
    tier: int = PROCESSES
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = GRACE_SECONDS
    user: tuple[int, int] | None = None
    fresh_folder: str | None = None
    restart_silent: bool = False
    slack_seconds: float = 0.0
    code: str = ""
    version: str = ""
    data: str = ""

    def resolved_environment(self) -> dict[str, str]:
        """Return the variables with those that stand in files."""
        read = {name: _content(Path(path)) for name, path in self.environment_files.items()}
        return {**self.environment, **read}

    def fingerprint(self) -> str:
        """Return what changes whenever the running process is no longer the wanted one."""
        facts = [self.argv, self.cwd, self.user, self.code, self.resolved_environment()]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """Return the unit as plain values."""
        return asdict(self)


def unit_from_json(value: dict[str, Any]) -> Unit:
    """Return the unit that `as_json` wrote."""
    user, probe = value["user"], value["probe"]
    changed = {
        "argv": tuple(value["argv"]),
        "probe": Probe(**probe) if probe else None,
        "user": (user[0], user[1]) if user else None,
    }
    return Unit(**{**value, **changed})


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""
