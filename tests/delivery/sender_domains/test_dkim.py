"""DKIM records."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from delivery.sender_domains import dkim
from delivery.sender_domains.values import Finding, State
from tests.delivery.sender_domains.zone import BROKEN, GOOD_KEY, KEY, by_service, sending, zone

ED = base64.b64encode(bytes(32)).decode()
# 512 bits, as cryptography makes none any more
SHORT = (
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAM7LyJbSK8gkTtz4vSLc26yRhQsRsSJTtO+k8oiyZO9d"
    "+yZFGSsvPvCtKcFrDZJxSqyyBRkX9TNThHcBbFSS1yECAwEAAQ=="
)
CURVE = base64.b64encode(
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


def judged(*records: str) -> Finding:
    there = {"s1._domainkey.acme.example": list(records)}
    (found,) = dkim.judge(sending(selectors=("s1",), named=True), zone(there))
    return found


@pytest.mark.parametrize(
    "record",
    [GOOD_KEY, f"p={KEY}", f"v=DKIM1;t=s; p={KEY[:100]} {KEY[100:]};", f"k=ed25519; p={ED}"],
)
def test_a_good_one(record: str):
    assert judged(record).state is State.OK


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("v=DKIM1; p=", "revoked"),
        ("v=spf1 -all", "no DKIM record"),
        (f"v=DKIM2; p={KEY}", "no DKIM record"),
        ("v=DKIM1; k=rsa", "no DKIM record"),
        pytest.param(f"v=DKIM1; p={KEY[:80]}", "cannot be read", id="a part of it"),
        ("v=DKIM1; p=not base64!", "cannot be read"),
        (f"v=DKIM1; k=ed25519; p={ED[:8]}", "cut off"),
        (f"v=DKIM1; p={CURVE}", "kind that receivers do not know"),
    ],
)
def test_a_wrong_one(record: str, words: str):
    found = judged(record)
    assert found.state is State.WRONG
    assert words in found.says


def test_two_records():
    assert judged(GOOD_KEY, GOOD_KEY).state is State.WRONG


def test_every_selector_that_the_account_names_has_to_be_there():
    there = {"s1._domainkey.acme.example": [GOOD_KEY]}
    found = dkim.judge(sending(selectors=("s1", "s2"), named=True), zone(there))
    assert [each.state for each in found] == [State.OK, State.MISSING]


def test_of_those_that_a_service_is_known_for_one_is_enough():
    there = {"b._domainkey.acme.example": [GOOD_KEY]}
    (found,) = dkim.judge(by_service(selectors=("a", "b", "c")), zone(there))
    assert (found.state, found.name) == (State.OK, "b._domainkey.acme.example")


def test_a_wrong_one_is_told_rather_than_none():
    there = {"b._domainkey.acme.example": ["v=DKIM1; p="]}
    (found,) = dkim.judge(by_service(selectors=("a", "b")), zone(there))
    assert (found.state, found.name) == (State.WRONG, "b._domainkey.acme.example")


def test_none_of_them():
    (found,) = dkim.judge(by_service(selectors=("mailjet",)), zone({}))
    assert found.state is State.MISSING
    assert found.publish is not None
    assert (found.publish.name, found.publish.value) == ("mailjet._domainkey.acme.example", "")


def test_where_it_is_the_same_for_everybody_the_record_is_told():
    mandrill = by_service(selectors=("mte1",), cnames=(("mte1", "dkim1.mandrillapp.com"),))
    (found,) = dkim.judge(mandrill, zone({}))
    assert found.publish is not None
    assert (found.publish.type, found.publish.value) == ("CNAME", "dkim1.mandrillapp.com")


def test_nobody_knows_the_selector():
    (found,) = dkim.judge(by_service(service="Postmark"), zone({}))
    assert found.state is State.UNKNOWN
    assert "dkim_selector" in found.says


def test_no_answer():
    there = {"a._domainkey.acme.example": [BROKEN]}
    (found,) = dkim.judge(by_service(selectors=("a",)), zone(there))
    assert found.state is State.UNKNOWN


def test_a_key_that_is_too_short():
    found = judged(f"v=DKIM1; p={SHORT}")
    assert found.state is State.WRONG
    assert "512 bits" in found.says
