"""Rules: what each says, and that it rings where it has to."""

import re
import shutil
import subprocess

import pytest

from tests.observability import files
from tests.observability.files import FOLDER, RULES
from tests.processes import ROOT

ALERTS = files.alerts()
TESTS = sorted((FOLDER / "tests").glob("*.yml"))
GUIDE = ROOT / "docs" / "observing.md"
MISSING = "promtool is not installed (Debian, Ubuntu: apt install prometheus)"
PROMTOOL = shutil.which("promtool") or ""
needs_promtool = pytest.mark.skipif(not PROMTOOL, reason=MISSING)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_each_alarm_says_what_is_wrong_and_what_to_do(rule):
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["description"].count(" ") > 8
    path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert ROOT / path == GUIDE
    assert f"### {rule['alert']}\n" in GUIDE.read_text()
    assert anchor == rule["alert"].lower()


def test_the_guide_tells_of_no_other_alarm():
    told = re.findall(r"^### (Signalbus\w+)$", GUIDE.read_text(), re.MULTILINE)
    assert told == [rule["alert"] for rule in ALERTS]


def test_every_alarm_is_tried():
    tried = set(re.findall(r'alertname="(\w+)"', "".join(path.read_text() for path in TESTS)))
    assert tried == {rule["alert"] for rule in ALERTS}


def test_what_keeps_others_quiet_exists():
    text = (FOLDER / "alertmanager.yml").read_text()
    known = {rule["alert"] for rule in ALERTS}
    for words in re.findall(r'alertname =~ "([^"]+)"', text):
        for word in words.split("|"):
            assert any(re.fullmatch(word, name) for name in known), word


@needs_promtool
def test_promtool_finds_nothing_wrong():
    _run("check", "rules", *map(str, RULES))
    _run("check", "config", str(FOLDER / "prometheus.yml"))


@needs_promtool
def test_alarms_ring_where_they_have_to():
    _run("test", "rules", *map(str, TESTS))


def _run(*words):
    done = subprocess.run([PROMTOOL, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
