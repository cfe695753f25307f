"""What only a real server shows: bodies in chunks, bodies that are too long, both over a socket."""

import http.client
import json
from collections.abc import Iterator

import pytest

from tenants.identity import TenantIdentity
from tests.make import make_key
from tests.processes import Processes

BODY = json.dumps({"channel": "email", "address": "gone@example.org"}).encode()
MEBIBYTE = 1024 * 1024


@pytest.fixture
def port(processes: Processes) -> int:
    return processes.web().port


def post(
    port: int, tenant: TenantIdentity, body: bytes | Iterator[bytes], path: str = "suppressions"
) -> tuple[int, dict[str, object]]:
    """One POST; an iterator is sent in chunks, without Content-Length."""
    headers = {"Authorization": f"Bearer {make_key(tenant)}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    chunked = not isinstance(body, bytes)
    connection.request("POST", f"/api/v1/{path}", body, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_bodies(acme: TenantIdentity, port: int) -> None:
    """In one test, since starting a web process takes longer than all that it is asked."""
    status, made = post(port, acme, iter([BODY[:20], BODY[20:]]))
    assert (status, made.get("address")) == (201, "gone@example.org")
    whole = b'{"note": "' + b"x" * MEBIBYTE + b'"}'
    in_chunks = (whole[at : at + 65536] for at in range(0, len(whole), 65536))
    for body in (whole, in_chunks):
        status, problem = post(port, acme, body)
        assert (status, problem["type"]) == (413, "urn:signalbus:error:too-large")
    status, problem = post(port, acme, whole, "notifications/batch")
    assert status == 422
    status, problem = post(port, acme, whole * 8, "notifications/batch")
    assert status == 413
