"""What `make up` leaves behind, for the examples of docs/: processes, a folder, and demo.json."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tenants.identity import TenantIdentity
from tests.documents.shell import Shell
from tests.make import make_account, make_key
from tests.ports import free_port
from tests.processes import Processes

SHOWN = "http://localhost:8000"  # where the pages say it answers
PATIENCE = {
    "--max-time 2 ": "--max-time 10 ",
    "--max-time 4 ": "--max-time 16 ",
    "sleep 2": "sleep 5",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A shell beside a running Signalbus."""

    shell: Shell
    address: str

    def run(self, block: str) -> str:
        """What the block prints, with the address of the pages in place of the real one, and more
        time for what a reader sees at once."""
        for shown, tried in {SHOWN: self.address, **PATIENCE}.items():
            block = block.replace(shown, tried)
        return self.shell.run(block).replace(self.address, SHOWN)


@pytest.fixture(scope="module")
def address(streams: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where all processes answer, for all pages."""
    processes = Processes(tmp_path_factory.mktemp("processes"))
    port, stream = free_port(), free_port()
    try:
        processes.command("run_stream", "--port", str(stream))
        processes.web(port=port, SIGNALBUS_STREAM_URL=f"http://localhost:{stream}")
        processes.relay()
        processes.workers(SIGNALBUS_RETRY_FIRST="1")
        yield f"http://localhost:{port}"
    finally:
        processes.end()


@pytest.fixture
def site(acme: TenantIdentity, address: str, tmp_path: Path) -> Iterator[Site]:
    """acme with two accounts of the simulator, and all processes."""
    for channel in ("email", "sms"):
        make_account(acme, channel=channel)
    keys = {f"{mode}_key": make_key(acme, mode=mode) for mode in ("live", "test")}
    (tmp_path / "var").mkdir()
    demo = {"base_url": address, "tenants": {"acme": keys}}
    (tmp_path / "var" / "demo.json").write_text(json.dumps(demo))
    with Shell(tmp_path) as shell:
        yield Site(shell=shell, address=address)
