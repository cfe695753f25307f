"""The live stream: a process of it answers where clients are sent, or the proxy sends them."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from delivery.live import tickets
from signalbus.doctor.asking import status_of
from signalbus.doctor.findings import Finding, ok, warn
from tenants.models import ApiKey, Scope, State

REFUSED = 401
OPEN = 200
WITHOUT = "Pages of the console look again every ten seconds meanwhile."


def probe() -> Iterator[Finding]:
    """At its own address any answer of its is enough; behind a proxy it has to open a stream, for
    a web process refuses strangers in the same words.
    """
    address = f"{(settings.STREAM_URL or settings.BASE_URL).rstrip('/')}{reverse('stream')}"
    query = "" if settings.STREAM_URL else _ticket()
    try:
        status = status_of(f"{address}{query}")
    except OSError as error:
        yield warn(f"The live stream does not answer at {address}: {error}.", _remedy())
        return
    if status == (OPEN if query else REFUSED):
        who = "The" if query or settings.STREAM_URL else "A web process or the"
        yield ok(f"{who} live stream answers at {address}.")
    else:
        yield warn(f"At {address} is no live stream, but an answer {status}.", _remedy())


def _remedy() -> str:
    if settings.STREAM_URL:
        return f"Start manage.py run_stream, or correct SIGNALBUS_STREAM_URL. {WITHOUT}"
    return (
        "Start manage.py run_stream, and have the proxy send /api/v1/stream to it; or name its "
        f"address by SIGNALBUS_STREAM_URL. {WITHOUT}"
    )


def _ticket() -> str:
    """The query with a ticket of any key that may listen; empty where there is none."""
    keys = ApiKey.objects.filter(
        tenant__state=State.ACTIVE, scopes__contains=[Scope.READ], revoked_at=None, expires_at=None
    )
    key = keys.filter(owner_id=None).order_by("id").values_list("id", flat=True).first()
    return f"?{urlencode({tickets.PARAMETER: tickets.of_key(key)})}" if key else ""
