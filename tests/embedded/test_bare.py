"""What a clone is begun with runs on a Python that has no packages."""

import subprocess
import sys

import pytest

from signalbus.embedded.__main__ import COMMANDS
from tests.processes import ROOT

BARE = sorted({each.module for each in COMMANDS.values() if not each.requirements})


@pytest.mark.parametrize("module", BARE)
def test_commands_that_install_nothing_need_nothing(module: str) -> None:
    load = f"import signalbus.embedded.__main__, signalbus.embedded.{module}"
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", load], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
