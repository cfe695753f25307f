"""Ports, secrets and logs."""

import socket
from pathlib import Path

import pytest

from signalbus.embedded.errors import StackError
from signalbus.embedded.files import read_json
from signalbus.embedded.paths import Home
from signalbus.embedded.ports import NAMES, choose_http_port, choose_ports
from signalbus.embedded.postgres_data import clear_stale_pid
from signalbus.embedded.rotation import open_log, rotate
from signalbus.embedded.secrets_store import keep_secrets


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(root=tmp_path)


def test_ports_are_kept(home: Home) -> None:
    first = choose_ports(home, running=False)
    assert set(first) == set(NAMES)
    assert len(set(first.values())) == len(NAMES)
    assert choose_ports(home, running=False) == first


def test_a_port_taken_meanwhile_is_replaced_unless_the_stack_runs(home: Home) -> None:
    first = choose_ports(home, running=False)
    with socket.create_server(("127.0.0.1", first["valkey"])):
        assert choose_ports(home, running=True) == first
        second = choose_ports(home, running=False)
    assert second["valkey"] != first["valkey"]
    assert {**second, "valkey": 0} == {**first, "valkey": 0}


def test_the_http_port_is_the_named_one_then_the_kept_one(home: Home) -> None:
    assert choose_http_port(home, {}) == 8000
    assert choose_http_port(home, {"SIGNALBUS_PORT": "8123"}) == 8123
    assert choose_http_port(home, {}) == 8123


@pytest.mark.parametrize("wrong", ["web", "0", "70000", "-1"])
def test_a_wrong_http_port_is_refused(home: Home, wrong: str) -> None:
    with pytest.raises(StackError, match="no port number"):
        choose_http_port(home, {"SIGNALBUS_PORT": wrong})


def test_secrets_are_private_and_stay(home: Home) -> None:
    first = keep_secrets(home)
    assert keep_secrets(home) == first == read_json(home.secrets)
    assert home.secrets.stat().st_mode & 0o777 == 0o600
    assert first["SIGNALBUS_ENCRYPTION_KEYS"].startswith("k1:")


def test_a_long_log_is_moved_aside_while_its_writer_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    with open(open_log(path), "wb", buffering=0) as writer:  # noqa: PTH123 - a descriptor
        for round_ in range(5):
            writer.write(b"%d" % round_ * 100)
            assert rotate(path, max_bytes=50, kept=3)
        writer.write(b"end")
    assert path.read_bytes() == b"end"
    kept = [(tmp_path / f"web.log.{number}").read_bytes()[:1] for number in (1, 2, 3)]
    assert kept == [b"4", b"3", b"2"]
    assert not (tmp_path / "web.log.4").exists()
    assert not rotate(path, max_bytes=50)


@pytest.mark.parametrize(("pid", "stays"), [("1", False), ("999999999", True)])
def test_a_pid_file_that_names_a_stranger_is_removed(tmp_path: Path, pid: str, stays: bool) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{pid}\n/data\n")
    clear_stale_pid(tmp_path)
    assert (tmp_path / "postmaster.pid").exists() is stays
