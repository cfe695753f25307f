"""What periodic jobs measure: tenants with their backlogs, and the ends of certificates."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone
from prometheus_client import REGISTRY

from signalbus.bus import outbox
from signalbus.bus.entries import NewEntry
from signalbus.core.ids import new_id
from signalbus.core.metrics import SECRETS_UNREADABLE
from signalbus.core.sealing import seal, unseal
from signalbus.measuring import certificates, tenants
from tenants.identity import TenantIdentity

END = datetime(2031, 5, 1, tzinfo=UTC)


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"signalbus_{name}", labels)


def put_into_line(tenant: TenantIdentity, number: int) -> None:
    entries = [
        NewEntry(id=new_id(), stream="email.normal", tenant_id=tenant.id, partition_key=1)
        for _ in range(number)
    ]
    outbox.publish(entries)


def test_tenants_are_counted_and_backlogs_told(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    put_into_line(acme, 2)
    tenants.measure(timezone.now() + timedelta(seconds=60))
    assert value("tenants", state="active") >= 2
    assert value("tenants", state="suspended") == 0
    assert value("tenant_outbox_due", tenant="acme") == 2
    assert 60 <= value("tenant_outbox_oldest_due_seconds", tenant="acme") < 120
    assert value("tenant_outbox_due", tenant="globex") is None
    assert value("tenants_measured_timestamp_seconds") > 0


def test_only_the_largest_backlogs_are_told(
    acme: TenantIdentity, globex: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "MOST", 1)
    put_into_line(acme, 1)
    put_into_line(globex, 2)
    tenants.measure(timezone.now() + timedelta(seconds=1))
    assert value("tenant_outbox_due", tenant="globex") == 2
    assert value("tenant_outbox_due", tenant="acme") is None


def pem(folder: Path) -> Path:
    """A certificate that signs itself and ends at `END`, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(END - timedelta(days=3000))
        .not_valid_after(END)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    encoding = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(encoding))
    return path


def serve_once(path: Path) -> int:
    """The port of a TLS server that shows the certificate to one caller."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)

    def answer() -> None:
        with listener, listener.accept()[0]:
            pass

    threading.Thread(target=answer, daemon=True).start()
    return int(listener.getsockname()[1])


def test_the_end_of_what_a_server_shows(settings: Any, tmp_path: Path) -> None:
    settings.BASE_URL = f"https://127.0.0.1:{serve_once(pem(tmp_path))}/"
    settings.HOOKS_URL, settings.KAFKA_OPTIONS = "", {}
    assert certificates.measure() == 1
    found = value("certificate_expiry_timestamp_seconds", certificate="console")
    assert found == END.timestamp()


def test_the_end_of_what_stands_in_a_file(settings: Any, tmp_path: Path) -> None:
    settings.BASE_URL = settings.HOOKS_URL = "http://localhost"
    settings.KAFKA_OPTIONS = {"ssl.ca.location": str(pem(tmp_path))}
    assert certificates.measure() == 1
    found = value("certificate_expiry_timestamp_seconds", certificate="kafka-ca")
    assert found == END.timestamp()


def test_what_cannot_be_read_stops_nothing(settings: Any, tmp_path: Path) -> None:
    settings.BASE_URL, settings.HOOKS_URL = "https://127.0.0.1:1", ""
    settings.KAFKA_OPTIONS = {"ssl.ca.location": str(tmp_path / "none.pem")}
    assert certificates.measure() == 0


def test_a_secret_that_no_key_opens_is_counted() -> None:
    before = SECRETS_UNREADABLE._value.get()
    with pytest.raises(Exception, match="does not open"):
        unseal(seal({"token": "x"}, "here"), "elsewhere")
    assert SECRETS_UNREADABLE._value.get() == before + 1
