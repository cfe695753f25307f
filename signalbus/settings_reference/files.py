"""Where the two texts lie, and what belongs into them."""

import os
from collections.abc import Mapping
from pathlib import Path

from signalbus.core.env import Declaration
from signalbus.settings_reference.others import IN_CONTAINERS, OF_COMPOSE, OF_MAKE
from signalbus.settings_reference.pages import env_file, markdown

ROOT = Path(__file__).resolve().parents[2]
SETTINGS_PAGE = ROOT / "docs" / "settings.md"
ENV_EXAMPLE = ROOT / ".env.example"
# The settings are read for what they declare; these let that go well without a real installation.
PLACEHOLDERS = {
    "SIGNALBUS_SECRET_KEY": "none",
    "DATABASE_URL": "postgresql://none",
    "KAFKA_BROKERS": "none",
}


def texts() -> Mapping[Path, str]:
    """What each file has to say."""
    own = _declared()
    everything = (*own, *IN_CONTAINERS, *OF_COMPOSE, *OF_MAKE)
    return {
        SETTINGS_PAGE: markdown(everything),
        ENV_EXAMPLE: env_file((*OF_COMPOSE, *IN_CONTAINERS, *own)),
    }


def stale() -> Mapping[Path, str]:
    """What should stand in the files that say something else."""
    return {path: text for path, text in texts().items() if _kept(path) != text}


def write() -> list[Path]:
    """Write what differs; which files those were."""
    differing = stale()
    for path, text in differing.items():
        path.write_text(text, encoding="utf-8")
    return list(differing)


def _declared() -> tuple[Declaration, ...]:
    for name, value in PLACEHOLDERS.items():
        os.environ.setdefault(name, value)
    from signalbus import settings

    return tuple(settings.env.declared.values())


def _kept(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
