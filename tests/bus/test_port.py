"""The metrics port answers while the process works, and is free at once afterwards."""

import http.client
import time

from signalbus.bus import port
from tests.ports import free_port


def status_of(number: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_it_answers_and_ends_at_once() -> None:
    number = free_port()
    for _ in range(2):
        with port.serve("127.0.0.1", number):
            assert status_of(number, "/livez") == 200
            assert status_of(number, "/nowhere") == 404
            began = time.monotonic()
        assert time.monotonic() - began < 0.4


def test_it_ends_at_once_where_nobody_asked() -> None:
    began = time.monotonic()
    with port.serve("0.0.0.0", free_port()):
        pass
    assert time.monotonic() - began < 0.4


def test_without_a_port_it_answers_nobody() -> None:
    with port.serve("127.0.0.1", None):
        pass
