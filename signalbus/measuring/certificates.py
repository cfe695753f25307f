"""The metric of certificates that end: those that callers see, and those that Kafka is met with.

Whether they are good is for the callers to say; here only their end is read.
"""

import socket
import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

from signalbus.core.logs import get_logger
from signalbus.core.metrics import CERTIFICATE_EXPIRY_TIMESTAMP_SECONDS

SECONDS = 5.0  # for a server to show its certificate
HTTPS_PORT = 443
FILES = {"kafka-ca": "ssl.ca.location", "kafka-client": "ssl.certificate.location"}

log = get_logger(__name__)


def measure() -> int:
    """Set the metric of each certificate; returns how many could be read."""
    read = 0
    for name, end in _ends():
        CERTIFICATE_EXPIRY_TIMESTAMP_SECONDS.labels(name).set(end.timestamp())
        read += 1
    return read


def _ends() -> Iterator[tuple[str, datetime]]:
    for name, url in (("console", settings.BASE_URL), ("hooks", settings.HOOKS_URL)):
        if urlsplit(url).scheme == "https" and (end := _shown_by(name, url)):
            yield name, end
    for name, option in FILES.items():
        path = settings.KAFKA_OPTIONS.get(option)
        if path and (end := _in_file(name, Path(path))):
            yield name, end


def _shown_by(name: str, url: str) -> datetime | None:
    """When the certificate ends that the server of an address shows."""
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or HTTPS_PORT
    try:
        with (
            socket.create_connection((host, port), SECONDS) as plain,
            _curious().wrap_socket(plain, server_hostname=host) as connection,
        ):
            shown = connection.getpeercert(binary_form=True) or b""
        return x509.load_der_x509_certificate(shown).not_valid_after_utc
    except (OSError, ValueError) as error:
        log.warning("certificate.unread", certificate=name, error=str(error))
        return None


def _curious() -> ssl.SSLContext:
    """Looks at any certificate, also at one that has ended already."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _in_file(name: str, path: Path) -> datetime | None:
    """The first end among the certificates of a PEM file."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        log.warning("certificate.unread", certificate=name, error=str(error))
        return None
    return min(each.not_valid_after_utc for each in found)
