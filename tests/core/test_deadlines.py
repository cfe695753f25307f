"""Connections that end, whatever the server does."""

import socket
import time
from collections.abc import Iterator

import pytest

from signalbus.core.deadlines import Deadline
from tests.dripping import dripping


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    with dripping(b"") as port, socket.create_connection(("127.0.0.1", port), 5) as connected:
        yield connected


def read_for_ever(connection: socket.socket) -> None:
    while connection.recv(100):
        pass
    raise ConnectionResetError


def test_a_server_that_drips_is_cut_off(connection: socket.socket) -> None:
    deadline, began = Deadline(), time.monotonic()
    deadline.hold(connection)
    with pytest.raises(TimeoutError, match=r"longer than 0\.3 seconds"), deadline.within(0.3):
        read_for_ever(connection)
    assert 0.3 <= time.monotonic() - began < 2


def test_what_is_done_in_time_is_left_alone(connection: socket.socket) -> None:
    deadline = Deadline()
    deadline.hold(connection)
    with deadline.within(0.1):
        assert connection.recv(1) == b"x"
    time.sleep(0.2)
    assert connection.recv(1) == b"x"


def test_an_error_before_the_time_is_told_as_it_is(connection: socket.socket) -> None:
    deadline = Deadline()
    deadline.hold(connection)
    with pytest.raises(ConnectionRefusedError), deadline.within(5):
        raise ConnectionRefusedError


def test_a_connection_that_comes_too_late_is_cut_off(connection: socket.socket) -> None:
    """Such as the one that TLS makes of another, after a long greeting."""
    deadline = Deadline()

    def greet() -> None:
        time.sleep(0.2)
        deadline.hold(connection)
        read_for_ever(connection)

    with pytest.raises(TimeoutError), deadline.within(0.05):
        greet()


def test_each_has_its_own(connection: socket.socket) -> None:
    late, soon = Deadline(), Deadline()
    late.hold(connection)
    with late.within(60), dripping(b"") as port:
        with socket.create_connection(("127.0.0.1", port), 5) as other:
            soon.hold(other)
            with pytest.raises(TimeoutError), soon.within(0.1):
                read_for_ever(other)
        assert connection.recv(1) == b"x"


def test_what_is_not_the_connections_error_is_none_of_its(connection: socket.socket) -> None:
    deadline = Deadline()
    deadline.hold(connection)

    def fail() -> None:
        time.sleep(0.2)
        raise LookupError

    with pytest.raises(LookupError), deadline.within(0.05):
        fail()
