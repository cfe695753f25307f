"""The platform's API with a key of the platform, as its client sees it."""

from typing import Any

import pytest

from signalbus.platform_api.schema import PREFIX
from tenants import platform_keys
from tests.door import Answer, Api


class PlatformApi(Api):
    """Calls below /api/platform/v1 with one key."""

    def _send(self, method: str, path: str, *rest: Any) -> Answer:
        url = path if path.startswith(("/api/", "http")) else f"{PREFIX}{path}"
        return super()._send(method, url, *rest)


def platform_api(name: str = "tests") -> PlatformApi:
    """A client with a new key."""
    return PlatformApi(platform_keys.create_key(name).secret)


@pytest.fixture
def platform(database: None) -> PlatformApi:
    """Whoever runs the installation."""
    return platform_api()
