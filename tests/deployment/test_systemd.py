"""The units of systemd: what each runs, and that systemd understands them."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest
from django.core.management import get_commands, load_command_class

from tests.processes import ROOT

UNITS = {path.name: path for path in sorted((ROOT / "docs" / "systemd").glob("*.service"))}
TEMPLATE, WEB, CELERY = (
    "signalbus@.service",
    "signalbus-web.service",
    "signalbus-celery.service",
)
GUIDE = (ROOT / "docs" / "deploying.md").read_text()
HOME = "/opt/signalbus"
OWN = {"Description", "ExecStart", "Environment", "EnvironmentFile", "RuntimeDirectory"}
INSTANCES = sorted(set(re.findall(r"signalbus@([a-z_]+)", GUIDE)))
ANALYZE = shutil.which("systemd-analyze") or ""
MISSING = "systemd-analyze is not installed (Debian, Ubuntu: apt install systemd)"


def entries(name):
    """Each key of a unit with its values."""
    text = UNITS[name].read_text().replace("\\\n", " ")
    found = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def run_by(name):
    """The program and its words."""
    (line,) = entries(name)["ExecStart"]
    return shlex.split(line)


def test_there_is_one_for_each_kind_of_process():
    assert UNITS.keys() == {TEMPLATE, WEB, CELERY}
    assert {"run_relay", "run_workers", "run_stream"} <= set(INSTANCES)


def test_they_differ_in_what_they_run_alone():
    kept = [
        {key: value for key, value in entries(name).items() if key not in OWN} for name in UNITS
    ]
    assert kept[0] == kept[1] == kept[2]
    assert kept[0]["User"] == ["signalbus"]
    assert kept[0]["NoNewPrivileges"] == ["yes"]
    assert kept[0]["CapabilityBoundingSet"] == [""]


def test_a_stop_gives_workers_the_time_that_calls_under_way_have():
    from delivery.pipeline.worker import GRACE_SECONDS

    assert int(entries(TEMPLATE)["TimeoutStopSec"][0]) > GRACE_SECONDS


@pytest.mark.parametrize("instance", INSTANCES)
def test_each_instance_is_a_command_that_takes_the_flags_of_the_guide(instance):
    assert run_by(TEMPLATE) == [f"{HOME}/.venv/bin/python", "manage.py", "%i", "$FLAGS"]
    flags = re.findall(r"`FLAGS=([^`]+)`", GUIDE)
    parser = load_command_class(get_commands()[instance], instance).create_parser("x", instance)
    parser.parse_args(shlex.split(flags[0]))


def test_web_is_run_as_in_the_image():
    entrypoint = (ROOT / "docker" / "entrypoint.sh").read_text().replace("\\\n", " ")
    (line,) = re.findall(r"exec (granian .*)", entrypoint)
    of_image = re.sub(r'"\$\{\w+:-(\d+)\}"', r"\1", line).replace("0.0.0.0", "127.0.0.1")
    program, *words = run_by(WEB)
    assert [program.rpartition("/")[2], *words] == shlex.split(of_image)
    folder = f"/run/{entries(WEB)['RuntimeDirectory'][0]}"
    assert entries(WEB)["Environment"] == [f"PROMETHEUS_MULTIPROC_DIR={folder}"]


def test_the_clock_of_the_jobs_runs_with_them():
    _, *words = run_by(CELERY)
    assert words[:5] == ["-A", "signalbus", "worker", "-B", "-P"]


@pytest.mark.skipif(not ANALYZE, reason=MISSING)
def test_systemd_understands_them(tmp_path):
    names = [WEB, CELERY, *(f"signalbus@{instance}.service" for instance in INSTANCES)]
    for name in names:
        text = UNITS.get(name, UNITS[TEMPLATE]).read_text()
        here = text.replace(f"{HOME}/.venv", sys.prefix).replace(HOME, str(ROOT))
        (tmp_path / name).write_text(here)
    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", *(tmp_path / name for name in names)],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
