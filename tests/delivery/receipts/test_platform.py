"""Receipts of the platform's accounts: each one's metadata names its tenant."""

from typing import Any

import pytest

from delivery import accounts
from signalbus.core.sealing import seal
from tenants.models import PLATFORM_CREDENTIALS, AccountDoor, PlatformAccount
from tests.delivery.receipts.calls import PROOFS, event, post
from tests.delivery.receipts.sent import Sent


def make_platform_account(kind: str) -> PlatformAccount:
    proof = PROOFS[kind]
    row = PlatformAccount.objects.create(
        name=kind,
        kind=kind,
        channel="email",
        options=dict(proof.options),
        sealed=seal(dict(proof.credentials), PLATFORM_CREDENTIALS),
    )
    accounts.forget()
    return row


@pytest.mark.parametrize("kind", ["postmark", "mailgun"])
def test_each_goes_to_the_tenant_that_it_names(acme: Any, globex: Any, kind: str):
    account = make_platform_account(kind)
    own, theirs = Sent(acme, account), Sent(globex, account)
    arrived = next(name for name in ("delivery", "delivered") if _has(kind, name))
    assert theirs.tell(event(kind, arrived)).status == 200
    assert (own.status, own.receipts) == ("sent", [])
    assert theirs.status == "delivered"


def _has(kind: str, name: str) -> bool:
    try:
        event(kind, name)
    except StopIteration:
        return False
    return True


def test_a_batch_of_several_tenants_is_divided(acme: Any, globex: Any):
    account = make_platform_account("sendgrid")
    both = [Sent(acme, account), Sent(globex, account)]
    told = event("sendgrid", "delivered")
    bodies = [
        told.about(
            delivery=each.delivery.id,
            attempt=each.attempt.id,
            tenant=each.tenant.id,
            reference=f"ref-{number}",
        )[0]
        for number, each in enumerate(both)
    ]
    assert post("sendgrid", account.id, PROOFS["sendgrid"].signed(bodies, account.id)).status == 200
    assert [each.status for each in both] == ["delivered", "delivered"]


def test_a_wrong_tenant_finds_nothing_of_another(acme: Any, globex: Any):
    account = make_platform_account("postmark")
    own = Sent(acme, account)
    assert own.tell(event("postmark", "delivery"), tenant=globex.id, reference="?").status == 200
    assert own.status == "sent"


@pytest.mark.parametrize("tenant", ["", "0", "99999999", "x", "9" * 40])
def test_one_of_no_tenant_is_counted_and_answered(acme: Any, tenant: str):
    account = make_platform_account("postmark")
    own = Sent(acme, account)
    answer = own.tell(event("postmark", "delivery"), tenant=tenant, reference="?")
    assert (answer.status, own.status, own.receipts) == (200, "sent", [])


def test_what_hands_nothing_back_is_found_by_its_reference(acme: Any, globex: Any):
    account = make_platform_account("mailersend")
    own = Sent(globex, account)
    assert own.tell(event("mailersend", "delivered")).status == 200
    assert own.status == "delivered"


def test_its_door_tells_when_it_was_called_last(acme: Any):
    account = make_platform_account("postmark")
    Sent(acme, account).tell(event("postmark", "delivery"))
    door = AccountDoor.objects.get(pk=account.id)
    assert door.tenant is None
    assert door.last_receipt_at is not None
    account.delete()
    assert not AccountDoor.objects.filter(pk=door.pk).exists()
