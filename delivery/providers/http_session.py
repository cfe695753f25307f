"""Kept HTTP connections for drivers whose library speaks through requests."""

import requests
from requests.adapters import HTTPAdapter

CONNECTIONS = 128  # kept for each host; more threads than that never call at once


def tuned(session: requests.Session, url: str) -> requests.Session:
    """The session with room for many threads, and without a look at the environment per call.

    It follows no redirect: no service answers a message so, and who names a base address of their
    own shall not be led anywhere else by it.

    Proxies and the bundle of certificates are read from the environment here, once: requests
    does it again for each call otherwise, which takes longer than all the rest of it.
    """
    session.mount("https://", HTTPAdapter(pool_connections=1, pool_maxsize=CONNECTIONS))
    session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=CONNECTIONS))
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies.update(found["proxies"])
    session.verify = found["verify"]
    session.trust_env = False
    session.get_redirect_target = _nowhere  # type: ignore[method-assign, assignment]
    return session


def _nowhere(_response: requests.Response) -> None:
    """Where a redirect leads, as far as `requests` is to know."""
