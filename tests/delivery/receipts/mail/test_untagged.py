"""Bounces that have nothing of ours but the Message-ID: which attempt they are about."""

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from delivery.guard import watching
from delivery.models import Attempt
from delivery.receipts.mail import mailboxes
from notifications.models import Delivery, Notice
from tenants.context import in_tenant
from tests.delivery.history_rows import make_attempt
from tests.delivery.receipts.mail.boxes import make_mailbox, report
from tests.delivery.receipts.mail.eml import message_id
from tests.delivery.receipts.mail.imap_stub import ImapStub
from tests.delivery.receipts.sent import Sent


class Untagged(Sent):
    """Sent by a server that returns the Message-ID alone."""

    def __init__(self, tenant: Any, server: ImapStub) -> None:
        super().__init__(tenant, make_mailbox(tenant, server))
        self._server = server
        self.change_first(reference=message_id(self.delivery.id))

    def change_first(self, **fields: Any) -> None:
        with in_tenant(self.tenant):
            Attempt.objects.filter(id=self.attempt.id).update(**fields)

    def again(self, redrives: int, **fields: Any) -> UUID:
        """Another attempt, after so many redrives."""
        with in_tenant(self.tenant):
            Delivery.objects.update(redrives=redrives)
            number = Attempt.objects.count() + 1
        ids = {"account_id": self.account.id, "provider": "smtp", "number": number}
        return make_attempt(self.tenant, self.delivery, **{**ids, **fields}).id

    def bounce(self, redrives: int = 0) -> None:
        """What is returned of the message that was sent after so many redrives."""
        of_first = message_id(self.delivery.id).encode()
        of_this = of_first.replace(b"-0@", f"-{redrives}@".encode())
        self._server.put(report(self, "exim_no_tag").replace(of_first, of_this))
        mailboxes.read_all()

    @property
    def told(self) -> list[tuple[UUID, bool]]:
        """The attempts that receipts are about, and whether they moved the delivery."""
        return [(receipt.attempt_id, receipt.applied) for receipt in self.receipts]


@pytest.fixture
def sent(acme: Any, server: ImapStub) -> Untagged:
    return Untagged(acme, server)


def test_of_the_only_attempt(sent: Untagged) -> None:
    sent.bounce()
    assert sent.told == [(sent.attempt.id, True)]
    assert sent.status == "bounced"


def test_one_that_comes_late_does_not_bounce_what_was_redriven_since(sent: Untagged) -> None:
    sent.again(1, reference=message_id(sent.delivery.id).replace("-0@", "-1@"))
    sent.bounce()
    assert sent.told == [(sent.attempt.id, False)]
    assert (sent.status, sent.suppressed) == ("sent", ["hard_bounce"])


@pytest.mark.parametrize("reference", ["", "<another service's own>"])
def test_nor_where_no_attempt_has_that_message_id(sent: Untagged, reference: str) -> None:
    sent.change_first(reference=reference, outcome="unknown")
    sent.again(1, reference=reference)
    sent.bounce()
    assert sent.told == [(sent.attempt.id, False)]
    assert sent.status == "sent"


def test_of_the_redriven_one_itself(sent: Untagged) -> None:
    redriven = sent.again(1)
    sent.bounce(redrives=1)
    assert sent.told == [(redriven, True)]
    assert sent.status == "bounced"


def test_of_several_under_one_key_it_is_the_latest(sent: Untagged) -> None:
    sent.change_first(reference="", outcome="unknown")
    repeated = sent.again(0)
    sent.bounce()
    assert sent.told == [(repeated, True)]


def test_the_guard_counts_it(sent: Untagged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.guard.rule.LEAST", 1)
    sent.bounce()
    watching.watch_all(timezone.now())
    with in_tenant(sent.tenant):
        assert Notice.objects.get().kind == "bounces"
