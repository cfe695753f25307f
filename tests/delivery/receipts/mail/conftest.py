"""A mail server for each test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.delivery.receipts.mail.imap_stub import ImapStub, imap_stub


@pytest.fixture
def server() -> Iterator[ImapStub]:
    with imap_stub() as stub:
        yield stub
