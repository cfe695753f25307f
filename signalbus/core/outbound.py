"""HTTP to addresses that customers name: only to where such a request may go.

A name is resolved here and the connection made to just the address that was looked at, so that no
second answer of the DNS can lead elsewhere; the certificate is still checked for the name.
Redirects are not followed, and no proxy is asked, since it would resolve the name anew.
"""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

import certifi
import urllib3
from django.conf import settings
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError

from signalbus.core.addresses import AddressRefusedError, resolve

RESOLVED_SECONDS = 30.0  # for so long one answer of the DNS is used
CONNECTIONS = 128  # kept for each address; more threads than that never call at once
ANSWER_BYTES = 64 * 1024  # of an answer so much is read
CHUNK = 8 * 1024

__all__ = ["AddressRefusedError", "Answer", "Caller"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered; of the body at most ANSWER_BYTES."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Caller:
    """Kept connections to one host; safe to be used by many threads. `timeout` is seconds."""

    def __init__(
        self,
        *,
        scheme: str,
        host: str,
        port: int | None,
        timeout: float,
        resolver: Callable[..., list[str]] = resolve,
    ) -> None:
        self._secure = scheme == "https"
        self._host = host
        self._port = port or (443 if self._secure else 80)
        self._timeout = timeout
        self._resolver = resolver
        self._lock = Lock()
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        self._resolved_until = 0.0

    def request(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """One call, of all of the name's addresses to the first that can be connected to.

        Raises AddressRefusedError, OSError where the name is unknown, and urllib3's errors; among
        them a ReadTimeoutError once the whole answer takes longer than the time-out.
        """
        ends = time.monotonic() + self._timeout
        pools = self._current()
        for pool in pools[:-1]:
            with suppress(NewConnectionError, ConnectTimeoutError):
                return self._call(pool, ends, method, target, body, headers)
            self._resolved_until = 0.0
        return self._call(pools[-1], ends, method, target, body, headers)

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            gone, self._pools, self._resolved_until = list(self._pools.values()), {}, 0.0
        for pool in gone:
            pool.close()

    def _call(
        self,
        pool: urllib3.HTTPConnectionPool,
        ends: float,
        method: str,
        target: str,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Answer:
        response = pool.urlopen(
            method,
            target,
            body=body,
            headers={"Host": self._name(), "Accept-Encoding": "identity", **headers},
            redirect=False,
            retries=False,
            assert_same_host=False,
            timeout=self._timeout,
            preload_content=False,
            decode_content=False,
        )
        try:
            read = _read(pool, response, target, ends)
            return Answer(status=response.status, headers=response.headers, body=read)
        except BaseException:
            response.close()  # what is still on its way belongs to nobody
            raise

    def _current(self) -> list[urllib3.HTTPConnectionPool]:
        """The pools of the name's addresses; those of former addresses are closed."""
        if time.monotonic() < self._resolved_until:
            with self._lock:
                if self._pools:
                    return list(self._pools.values())
        addresses = self._resolver(self._host, self._port, settings.OUTBOUND_NETWORKS)
        with self._lock:
            former = self._pools
            self._pools = {each: former.get(each) or self._make_pool(each) for each in addresses}
            self._resolved_until = time.monotonic() + RESOLVED_SECONDS
            current = list(self._pools.values())
        for address in former.keys() - set(addresses):
            former[address].close()
        return current

    def _make_pool(self, address: str) -> urllib3.HTTPConnectionPool:
        if not self._secure:
            return urllib3.HTTPConnectionPool(address, self._port, maxsize=CONNECTIONS)
        return urllib3.HTTPSConnectionPool(
            address,
            self._port,
            maxsize=CONNECTIONS,
            server_hostname=self._host,
            assert_hostname=self._host,
            ca_certs=os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where(),
        )

    def _name(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        usual = 443 if self._secure else 80
        return host if self._port == usual else f"{host}:{self._port}"


def _read(pool: Any, response: urllib3.BaseHTTPResponse, target: str, ends: float) -> bytes:
    """The body's beginning. A longer one costs the connection, and so does a slow one."""
    body = b""
    while chunk := response.read1(CHUNK):
        body += chunk
        if time.monotonic() > ends:
            raise ReadTimeoutError(pool, target, "The answer took too long.")
        if len(body) > ANSWER_BYTES:
            response.close()
            return body[:ANSWER_BYTES]
    response.release_conn()
    return body
