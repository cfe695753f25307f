"""Accounts whose bounces come to a mailbox of the tests' own."""

from typing import Any

from tenants.identity import TenantIdentity
from tests.delivery.receipts.mail.eml import eml
from tests.delivery.receipts.mail.imap_stub import ImapStub
from tests.delivery.receipts.sent import Sent
from tests.make import make_account


def fields_of(server: ImapStub, **options: Any) -> dict[str, Any]:
    mailbox = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_tls": "none"}
    return {
        "options": {"host": "127.0.0.1", "from": "hello@acme.example", **mailbox, **options},
        "credentials": {"username": "bounces", "password": "secret"},
    }


def make_mailbox(
    tenant: TenantIdentity, server: ImapStub, name: str = "bounces", **options: Any
) -> Any:
    return make_account(tenant, "smtp", name=name, **fields_of(server, **options))


def report(sent: Sent, name: str) -> bytes:
    return eml(name, attempt=sent.attempt.id, tenant=sent.tenant.id, delivery=sent.delivery.id)
