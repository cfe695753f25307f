"""From a POST over HTTP to what arrives on the wire, through every real process."""

import pytest

from tenants.identity import TenantIdentity
from tests.journeys.http import Client
from tests.journeys.sinks import Mailbox
from tests.make import make_account, make_key
from tests.processes import Processes, eventually

PERSON = {
    "id": "user-42",
    "email": "ana@example.org",
    "phone": "+33 6 12 34 56 78",
    "locale": "fr-CA",
    "attributes": {"name": "Ana"},
}


@pytest.fixture
def client(acme: TenantIdentity, processes: Processes) -> Client:
    """acme's client, with web, relay and both workers running."""
    processes.relay()
    processes.workers(SIGNALBUS_RETRY_FIRST="0.2")
    return Client(processes.web().port, make_key(acme))


def test_a_notification_arrives_by_mail_and_sms(
    acme: TenantIdentity, client: Client, mailbox: tuple[Mailbox, int], twilio: tuple
) -> None:
    box, port = mailbox
    taken, address = twilio
    box.busy = 1
    make_account(
        acme,
        "smtp",
        "email",
        options={
            "host": "127.0.0.1",
            "port": port,
            "tls": "none",
            "from": "Acme <shop@acme.example>",
        },
    )
    make_account(
        acme,
        "twilio",
        "sms",
        options={"base_url": address, "from": "+15005550006"},
        credentials={"account_sid": "AC00000000000000000000000000000001", "auth_token": "secret"},
    )
    body = {"topic": "order.shipped", "recipient": PERSON, "data": {"order": "A-<1001>"}}
    status, answer = client.post("/notify", body)
    assert status == 202
    eventually(lambda: box.messages and taken, 30, "both channels delivered")
    _check_mail(box)
    _check_sms(taken)
    _check_timeline(client, answer["id"])


def _check_mail(box: Mailbox) -> None:
    mail = box.messages[0]
    assert mail["From"] == "Acme <shop@acme.example>"
    assert mail["To"] == "ana@example.org"
    assert mail["Subject"] == "Votre commande A-<1001> est en route"
    assert mail["Date"]
    assert box.recipients == ["ana@example.org"]
    # The try that was told to come back later carried the same id: receivers see one message.
    assert box.refused_ids == [mail["Message-ID"]]
    assert mail["Message-ID"].endswith("@acme.example>")
    assert mail.get_content_type() == "multipart/alternative"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Bonjour Ana" in text
    assert "A-<1001>" in text
    assert "<strong>A-&lt;1001&gt;</strong>" in html


def _check_sms(taken: list) -> None:
    request, form = taken[0]
    assert form["To"] == "+33612345678"
    assert form["From"] == "+15005550006"
    assert form["Body"] == "Votre commande A-<1001> est en route."
    assert request.authorization.username == "AC00000000000000000000000000000001"
    assert request.authorization.password == "secret"
    assert len(taken) == 1


def _check_timeline(client: Client, notification: str) -> None:
    eventually(
        lambda: client.get(f"/notifications/{notification}")["status"] == "sent", 20, "all sent"
    )
    found = client.get(f"/notifications/{notification}?include=content")
    attempts = [(a["provider"], a["outcome"]) for a in found["attempts"]]
    assert sorted(attempts) == [("smtp", "accepted"), ("smtp", "refused"), ("twilio", "accepted")]
    assert "come back later" in str(found["timeline"]).lower()
