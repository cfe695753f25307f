"""`make test`: the checks side by side, then the tests, and one result."""

import sys
from pathlib import Path

import pytest

from signalbus.embedded import checks
from signalbus.embedded.checks import Check
from signalbus.embedded.paths import Home

GOOD = Check(heading="Good", command=("-c", "print('well')"))
QUIET = Check(heading="Tests", command=("-c", ""))
BAD = Check(heading="Bad", command=("-c", "import sys; print('why', file=sys.stderr); sys.exit(3)"))


@pytest.fixture(autouse=True)
def _this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "environment_python", lambda: sys.executable)
    monkeypatch.delenv("ARGS", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(root=tmp_path)


@pytest.mark.parametrize(
    ("before", "tests", "code", "says"),
    [
        ((GOOD, GOOD), QUIET, 0, "All checks passed."),
        ((GOOD, GOOD), BAD, 3, "Tests: failed (exit code 3)."),
        ((BAD, GOOD, BAD), QUIET, 3, "Bad: failed (exit code 3)."),
    ],
)
def test_one_that_fails_fails_all(
    before: tuple[Check, ...],
    tests: Check,
    code: int,
    says: str,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(checks, "CHECKS", before)
    monkeypatch.setattr(checks, "_tests", lambda: tests)
    assert checks.test(home) == code
    told = capfd.readouterr().out
    assert told.rstrip().endswith(says)
    assert told.count("=== Good\nwell\n=== Good: ") == before.count(GOOD)


def test_what_a_failed_check_said_is_shown_and_no_test_runs(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "CHECKS", (BAD,))
    monkeypatch.setattr(checks, "_tests", lambda: pytest.fail("tests were run"))
    assert checks.test(home) == 3
    assert "=== Bad\nwhy\n=== Bad: " in capfd.readouterr().out
