"""The web processes: where people and providers reach them, somebody is alive."""

from collections.abc import Iterator

from django.conf import settings

from signalbus.doctor.asking import status_of
from signalbus.doctor.findings import Finding, ok, warn

LIVENESS, ALIVE = "/livez", 200
REMEDY = (
    "Start the web processes and the proxy, or correct SIGNALBUS_BASE_URL; or this machine alone "
    "does not reach it: try `curl -i` from another."
)


def probe() -> Iterator[Finding]:
    """Only a warning where nobody answers: from inside, the outer address may lead nowhere."""
    address = f"{settings.BASE_URL.rstrip('/')}{LIVENESS}"
    try:
        status = status_of(address)
    except (OSError, ValueError) as error:
        yield warn(f"No web process answers at {address}: {error}.", REMEDY)
        return
    if status == ALIVE:
        yield ok(f"A web process answers at {address}.")
    else:
        yield warn(f"At {address} is no web process, but an answer {status}.", REMEDY)
