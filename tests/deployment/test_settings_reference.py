"""The settings reference says what the code reads, no more and no less."""

import os
import re
import subprocess
import sys

import pytest

from signalbus import settings
from signalbus.core.crypto import KeyRing
from signalbus.core.env import Declaration, Environment
from signalbus.settings_reference import pages
from signalbus.settings_reference.files import ENV_EXAMPLE, SETTINGS_PAGE, texts
from signalbus.settings_reference.others import IN_CONTAINERS, OF_COMPOSE, OF_MAKE
from tests.processes import ROOT

OTHERS = {each.name for each in (*IN_CONTAINERS, *OF_COMPOSE, *OF_MAKE)}
ASSIGNED = re.compile(r"^#?([A-Z][A-Z_]+)=", re.MULTILINE)


@pytest.mark.parametrize("path", [SETTINGS_PAGE, ENV_EXAMPLE], ids=lambda path: path.name)
def test_what_is_kept_is_what_the_code_declares(path):
    expected = texts()[path]
    assert path.read_text() == expected, f"write it anew: {pages.WRITER}"


def test_every_setting_stands_in_both():
    declared = settings.env.declared.keys()
    page, example = SETTINGS_PAGE.read_text(), set(ASSIGNED.findall(ENV_EXAMPLE.read_text()))
    assert [name for name in declared | OTHERS if f"| `{name}` |" not in page] == []
    left_out = pages.LEFT_OUT_OF_ENV | {each.name for each in OF_MAKE}
    assert example == (declared | OTHERS) - left_out


def test_every_declaration_has_a_section_and_a_meaning():
    assert [each.name for each in settings.env.declared.values() if not each.section] == []
    assert [each.name for each in settings.env.declared.values() if len(each.help) < 10] == []


def test_what_has_to_be_filled_in_has_a_line_without_a_number_sign():
    lines = [line for line in ENV_EXAMPLE.read_text().splitlines() if line[:1] not in ("", "#")]
    assert lines == ["POSTGRES_PASSWORD=", "SIGNALBUS_SECRET_KEY=", "SIGNALBUS_ENCRYPTION_KEYS="]


@pytest.mark.parametrize(
    ("declare", "shown"),
    [
        (lambda env: env.boolean("X", False, "…"), "no"),
        (lambda env: env.number("X", 30.0, "…"), "30"),
        (lambda env: env.number("X", 0.2, "…"), "0.2"),
        (lambda env: env.list("X", "60,300", "…"), "60,300"),
        (lambda env: env.optional_integer("X", "…"), ""),
        (lambda env: env.networks("X", "…"), ""),
        (lambda env: env.pairs("X", "a=1,b=2", "…"), "a=1,b=2"),
    ],
)
def test_a_default_is_shown_as_somebody_would_write_it(declare, shown):
    env = Environment({})
    declare(env)
    assert env.declared["X"].default == shown


def test_a_pipe_in_a_meaning_does_not_end_the_cell():
    row = Declaration(name="X", kind="text", default="", help="a | b", section="S")
    assert "| `X` | text |  | a \\| b |" in pages.markdown([row])


def test_the_command_needs_no_variable():
    done = subprocess.run(
        [sys.executable, "-m", "signalbus.settings_reference", "--check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_filling_in_leaves_nothing_open_and_makes_good_secrets():
    done = subprocess.run(
        [sys.executable, "docker/fill_in.py"], cwd=ROOT, capture_output=True, text=True
    )
    lines = [line for line in done.stdout.splitlines() if line[:1] not in ("", "#")]
    filled = dict(line.split("=", 1) for line in lines)
    KeyRing.parse([filled["SIGNALBUS_ENCRYPTION_KEYS"]])
    assert len(filled["SIGNALBUS_SECRET_KEY"]) >= 50
    for name in ("POSTGRES_PASSWORD", "GRAFANA_PASSWORD", "KAFKA_PASSWORD"):
        assert len(filled[name]) == 48
