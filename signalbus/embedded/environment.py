"""The environment of Signalbus's processes: the same whatever terminal `make up` is called from."""

import os
from collections.abc import Mapping

from signalbus.embedded.paths import Home, environment_python, virtual_environment
from signalbus.embedded.secrets_store import keep_secrets
from signalbus.embedded.servers import Servers

HANDED_ON = (
    "SIGNALBUS_",
    "SIMULATOR_",
    "OTEL_",
    "DJANGO_",
    "CELERY_",
    "SSL_CERT_",
    "REQUESTS_CA_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
)
KEPT_BACK = ("SIGNALBUS_PORT", "SIGNALBUS_HOME", "SIGNALBUS_MAVEN_URL")


def process_environment(
    home: Home, servers: Servers, http_port: int, outer: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return the variables of every process; what the caller's environment sets wins."""
    secrets = keep_secrets(home)
    own = {name: value for name, value in secrets.items() if name.startswith("SIGNALBUS_")}
    named = {name: value for name, value in outer.items() if _handed_on(name)}
    defaults = {
        "DJANGO_SETTINGS_MODULE": "signalbus.settings",
        "SIGNALBUS_BASE_URL": f"http://localhost:{http_port}",
    }
    return {
        **_surroundings(home),
        **defaults,
        **own,
        **named,
        **servers.environment(outer),
        "SIGNALBUS_PORT": str(http_port),
        "SIGNALBUS_HOME": str(home.root),
    }


def _handed_on(name: str) -> bool:
    return name.upper().startswith(HANDED_ON) and name not in KEPT_BACK


def _surroundings(home: Home) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join((str(environment_python().parent), os.defpath)),
        "VIRTUAL_ENV": str(virtual_environment()),
        "HOME": str(home.root),
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }
