"""DMARC records."""

import pytest

from delivery.sender_domains import dmarc
from delivery.sender_domains.values import Finding, Sending, State
from tests.delivery.sender_domains.zone import BROKEN, by_service, sending, zone

OWN = "_dmarc.acme.example"


def judged(*records: str, how: Sending | None = None) -> Finding:
    return dmarc.judge(how or sending(), zone({OWN: list(records)}))


@pytest.mark.parametrize("policy", ["none", "quarantine", "Reject"])
def test_a_good_one(policy: str):
    found = judged(f"v=DMARC1; p={policy}; rua=mailto:dmarc@acme.example")
    assert found.state is State.OK
    assert f"p={policy.lower()}" in found.says


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (["v=DMARC1; rua=mailto:a@acme.example"], "p= is missing"),
        (["v=DMARC1; p=perhaps"], "p=perhaps is no policy"),
        (["v=DMARC1; p=none; sp=perhaps"], "sp=perhaps is no policy"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "2 records"),
    ],
)
def test_a_wrong_one(records: list[str], words: str):
    found = judged(*records)
    assert found.state is State.WRONG
    assert words in found.says
    assert found.publish is not None


@pytest.mark.parametrize("records", [[], ["v=spf1 -all"]])
def test_none(records: list[str]):
    found = judged(*records)
    assert found.state is State.MISSING
    assert found.publish is not None
    assert (found.publish.name, found.publish.value) == (
        OWN,
        "v=DMARC1; p=none; rua=mailto:dmarc-reports@acme.example",
    )


def test_the_domain_above_speaks_for_those_below():
    how = sending(domain="news.shop.acme.example", bounce_domain="bounces.acme.example")
    found = dmarc.judge(how, zone({OWN: ["v=DMARC1; p=reject; sp=quarantine"]}))
    assert (found.state, found.name) == (State.OK, OWN)
    assert "p=quarantine" in found.says
    assert "SPF counts as well" in found.says


def test_a_top_level_domain_is_not_asked():
    found = dmarc.judge(sending(), zone({"_dmarc.example": ["v=DMARC1; p=reject"]}))
    assert found.state is State.MISSING


@pytest.mark.parametrize(
    ("bounces", "record", "says"),
    [
        ("acme.example", "v=DMARC1; p=none", "SPF counts as well"),
        ("mail.acme.example", "v=DMARC1; p=none", "SPF counts as well"),
        ("mail.acme.example", "v=DMARC1; p=none; aspf=s", "SPF does not count"),
        ("other.example", "v=DMARC1; p=none", "SPF does not count"),
        ("notacme.example", "v=DMARC1; p=none", "SPF does not count"),
    ],
)
def test_alignment_of_spf(bounces: str, record: str, says: str):
    assert says in judged(record, how=sending(bounce_domain=bounces)).says


def test_alignment_at_a_service():
    assert "unless Mailjet sends" in judged("v=DMARC1; p=none", how=by_service()).says


def test_no_answer():
    assert judged(BROKEN).state is State.UNKNOWN
