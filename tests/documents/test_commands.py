"""docs/commands.md has every command of Signalbus, and no flag that it has not."""

import re

import pytest
from django.core.management import get_commands, load_command_class

from tests.processes import ROOT

OWN = ("signalbus", "tenants", "templates_app", "notifications", "delivery")
ROWS = re.findall(r"^\| (`.+?) \| ", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE)
SHOWN = re.findall(r"`([a-z_]+)([^`]*)`", "\n".join(ROWS))


def own_commands() -> dict[str, str]:
    return {name: str(app) for name, app in get_commands().items() if str(app).startswith(OWN)}


def test_every_command_has_its_line() -> None:
    assert sorted(name for name, _ in SHOWN) == sorted(own_commands())


@pytest.mark.parametrize(("name", "usage"), SHOWN, ids=[name for name, _ in SHOWN])
def test_its_flags_are_there(name: str, usage: str) -> None:
    parser = load_command_class(own_commands()[name], name).create_parser("manage.py", name)
    known = {flag for action in parser._actions for flag in action.option_strings}
    assert set(re.findall(r"--[a-z-]+", usage)) <= known


def test_what_it_has_to_be_given_is_told() -> None:
    for name, usage in SHOWN:
        parser = load_command_class(own_commands()[name], name).create_parser("manage.py", name)
        needed = [each for each in parser._actions if each.required and each.option_strings]
        assert all(each.option_strings[0] in usage for each in needed), name
