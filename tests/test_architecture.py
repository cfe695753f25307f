"""What the import contracts cannot say by themselves."""

import subprocess
import sys
import tomllib
from typing import Any

from tests.processes import ROOT

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["contracts"]
PURE = next(each for each in CONTRACTS if each["name"].startswith("Pure"))
# Looks at nothing by itself either, but the package that it stands in does.
NOT_ALONE = {
    "delivery.history.timeline",
    "notifications.fields",
    "notifications.people",
    "notifications.refusals",
}


def _named(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _said_to_be_pure() -> set[str]:
    """The modules whose first paragraph ends with the word."""
    files = [
        file
        for app in ("signalbus", "tenants", "templates_app", "notifications", "delivery")
        for file in (ROOT / app).rglob("*.py")
    ]
    return {
        _named(str(file.relative_to(ROOT)))
        for file in files
        if file.read_text().partition("\n")[0].rstrip('"').endswith(" Pure.")
    }


def test_what_is_said_to_be_pure_is_held_to_it() -> None:
    embedded = {name for name in _said_to_be_pure() if name.startswith("signalbus.embedded")}
    free = {
        name
        for name in _said_to_be_pure() - embedded - NOT_ALONE
        if not name.startswith(tuple(PURE["source_modules"]))
    }
    assert not free, "list them in the contract of pyproject.toml"


def test_pure_modules_need_neither_settings_nor_a_server() -> None:
    program = f"import sys, {', '.join(PURE['source_modules'])}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not set(PURE["forbidden_modules"]) & set(done.stdout.split())


def test_everything_stands_on_a_floor() -> None:
    floors = next(each for each in CONTRACTS if each["name"].startswith("Floors"))["layers"]
    placed = {part.strip() for floor in floors for part in floor.split(":")}
    parts = {
        _named(f"signalbus/{path.name}")
        for path in (ROOT / "signalbus").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    beside = {"signalbus.embedded", "signalbus"}
    assert parts - beside <= placed
