"""The HTTP side of Twilio's client: kept connections, time-outs, no repeating of its own.

Twilio's client takes any `HttpClient`; its own one goes through requests, which costs several
times what the call itself does.
"""

import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import certifi
import urllib3
from requests.utils import get_environ_proxies, select_proxy
from twilio.http import HttpClient
from twilio.http.response import Response

from delivery.providers.http_codes import retry_after
from delivery.providers.http_session import CONNECTIONS

ASKS_TO_WAIT = frozenset({429, 503})
log = logging.getLogger(__name__)


class AskedToWaitError(Exception):
    """An answer with a Retry-After, which the exceptions of Twilio's client would lose."""

    def __init__(self, status: int, text: str, pause: timedelta) -> None:
        super().__init__(f"HTTP {status}: {text}")
        self.status = status
        self.text = text
        self.pause = pause


class KeptConnections(HttpClient):
    """Safe to be used by many threads. `timeout` is seconds, for connecting and for answering."""

    def __init__(self, *, base_url: str, timeout: float) -> None:
        super().__init__(logger=log, is_async=False, timeout=timeout)
        self._pools = _pools(base_url)

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: ARG002 - the signature is Twilio's
    ) -> Response:
        """One call. Raises urllib3's errors, and AskedToWaitError."""
        answer = self._pools.request(
            method,
            f"{uri}?{urlencode(params, doseq=True)}" if params else uri,
            body=urlencode(data, doseq=True) if data else None,
            headers={**(headers or {}), **_basic(auth)},
            timeout=timeout or self.timeout,
            retries=False,
            redirect=False,
        )
        text = answer.data.decode("utf-8", "replace")
        pause = retry_after(answer.headers.get("Retry-After"), datetime.now(UTC))
        if answer.status in ASKS_TO_WAIT and pause is not None:
            raise AskedToWaitError(answer.status, text, pause)
        return Response(answer.status, text, answer.headers)

    def close(self) -> None:
        self._pools.clear()


def _pools(base_url: str) -> urllib3.PoolManager:
    """Kept connections, by way of the environment's proxy and certificates if it has any."""
    options: dict[str, Any] = {
        "maxsize": CONNECTIONS,
        "ca_certs": os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where(),
    }
    proxy = select_proxy(base_url, get_environ_proxies(base_url))
    return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)


def _basic(auth: tuple[str, str] | None) -> dict[str, str]:
    return urllib3.make_headers(basic_auth=":".join(auth)) if auth else {}
