"""The Compose files as data, `-f` overrides put over the first one as Compose does."""

import copy
import re
from typing import Any

import yaml

from tests.processes import ROOT

BASE = ROOT / "docker-compose.yml"
OVERRIDES = sorted((ROOT / "docker").glob("*.yml"))
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)")
RESET = object()


class _Loader(yaml.SafeLoader):
    """Knows `!reset`, which takes out what the first file says."""


_Loader.add_constructor("!reset", lambda *_: RESET)


def load(*paths: Any) -> dict[str, Any]:
    """The files, the later ones put over the first."""
    merged: dict[str, Any] = {}
    for path in paths or (BASE,):
        with path.open() as file:
            merged = _over(merged, yaml.load(file, _Loader))
    return merged


def own_services(document: dict[str, Any]) -> dict[str, Any]:
    """Those that run Signalbus's own image."""
    return {
        name: service
        for name, service in document["services"].items()
        if str(service.get("image", "")).startswith("signalbus:")
    }


def variables(path: Any) -> set[str]:
    """What a file reads from `.env`."""
    return set(VARIABLE.findall(path.read_text()))


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(below)
    for name, value in above.items():
        if value is RESET:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = _over(merged[name], value)
        else:
            merged[name] = value
    return merged
