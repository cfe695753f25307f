"""`make doctor` and `make manage`: commands with the settings of the running stack."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from signalbus.embedded import manage
from signalbus.embedded.errors import StackError
from signalbus.embedded.paths import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(root=tmp_path)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be run, by a stack that runs."""
    calls: list[Any] = []
    unit = SimpleNamespace(name="relay", resolved_environment=lambda: {"DATABASE_URL": "its own"})
    monkeypatch.setattr(manage, "wanted_units", lambda _: [unit])
    monkeypatch.setattr(manage.stack, "supervisor", lambda _: {"pid": 1})
    monkeypatch.setattr(
        manage.subprocess, "call", lambda words, cwd, env: calls.append((words, env)) or 3
    )
    monkeypatch.setenv("DATABASE_URL", "somebody else's")
    return calls


def test_a_command_gets_the_stacks_settings_and_its_code_is_returned(
    home: Home, called: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGS", "create_tenant shop --domain 'a b'")
    assert manage.manage(home) == 3
    ((words, environment),) = called
    assert words[1:] == ["manage.py", "create_tenant", "shop", "--domain", "a b"]
    assert environment["DATABASE_URL"] == "its own"


def test_the_doctor_takes_flags(
    home: Home, called: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGS", "--dns")
    assert manage.doctor(home) == 3
    assert called[0][0][1:] == ["manage.py", "doctor", "--dns"]


def test_a_command_has_to_be_named(
    home: Home, called: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARGS", raising=False)
    with pytest.raises(StackError, match="no command was named"):
        manage.manage(home)


def test_without_a_running_stack_it_says_what_to_do(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARGS", raising=False)
    with pytest.raises(StackError) as told:
        manage.doctor(home)
    assert any("make up" in line for line in told.value.lines())
