"""SPF records."""

import pytest

from delivery.sender_domains import spf
from delivery.sender_domains.values import Finding, State
from tests.delivery.sender_domains.zone import BROKEN, by_service, sending, zone

MAILJET = by_service(include="spf.mailjet.com")
MAILJETS = {"spf.mailjet.com": ["v=spf1 ip4:192.0.2.0/24 -all"]}


def judged(record: str, *, other: dict[str, list[str]] | None = None) -> Finding:
    return spf.judge(sending(), zone({"acme.example": [record], **(other or {})}))


def published(finding: Finding) -> str:
    assert finding.publish is not None
    return finding.publish.value


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 ip4:192.0.2.1 -all",
        "v=spf1 a mx ~all",
        "V=SPF1 mx ?all",
        "v=spf1 redirect=_spf.acme.example",
        "v=spf1 include:_spf.acme.example exists:%{i}.acme.example -all",
    ],
)
def test_a_good_one(record: str):
    found = judged(record, other={"_spf.acme.example": ["v=spf1 ip4:192.0.2.1 -all"]})
    assert (found.state, found.found, found.publish) == (State.OK, (record,), None)


def test_none_for_a_mail_server():
    found = spf.judge(sending(), zone({"acme.example": ["google-site-verification=1"]}))
    assert (found.state, published(found)) == (State.MISSING, "v=spf1 a:smtp.acme.example ~all")


@pytest.mark.parametrize(
    ("host", "value"),
    [
        ("8.8.8.8", "v=spf1 ip4:8.8.8.8 ~all"),
        ("2001:4860:4860::8888", "v=spf1 ip6:2001:4860:4860::8888 ~all"),
        ("127.0.0.1", ""),
        ("mailhost", ""),
        ("", ""),
    ],
)
def test_what_is_proposed_for_a_host(host: str, value: str):
    found = spf.judge(sending(host=host), zone({}))
    assert found.state is State.MISSING
    assert (found.publish.value if found.publish else "") == value


def test_it_is_the_domain_of_bounces_that_is_asked():
    found = spf.judge(sending(bounce_domain="mail.acme.example"), zone({}))
    assert found.name == "mail.acme.example"


def test_none_for_a_service_that_needs_one():
    found = spf.judge(MAILJET, zone({}))
    assert (found.state, published(found)) == (
        State.MISSING,
        "v=spf1 include:spf.mailjet.com ~all",
    )


def test_none_for_a_service_that_needs_none():
    found = spf.judge(by_service(service="Brevo"), zone({}))
    assert (found.state, found.publish) == (State.OK, None)
    assert "Brevo needs none" in found.says


def test_a_service_that_is_not_in_it():
    found = spf.judge(MAILJET, zone({"acme.example": ["v=spf1 mx -all"], **MAILJETS}))
    assert found.state is State.WRONG
    assert published(found) == "v=spf1 mx include:spf.mailjet.com -all"


def test_a_service_that_is_included_by_what_is_included():
    records = {
        "acme.example": ["v=spf1 include:_spf.acme.example -all"],
        "_spf.acme.example": ["v=spf1 include:spf.mailjet.com -all"],
    }
    assert spf.judge(MAILJET, zone({**records, **MAILJETS})).state is State.OK


def test_two_records_are_merged():
    records = ["v=spf1 mx -all", "v=spf1 include:spf.mailjet.com ~all"]
    found = spf.judge(sending(), zone({"acme.example": records}))
    assert found.state is State.WRONG
    assert published(found) == "v=spf1 mx include:spf.mailjet.com ~all"


@pytest.mark.parametrize("end", ["+all", "all"])
def test_everybody(end: str):
    found = judged(f"v=spf1 mx {end}")
    assert (found.state, published(found)) == (State.WRONG, "v=spf1 mx ~all")


def test_without_an_end():
    found = judged("v=spf1 mx")
    assert (found.state, published(found)) == (State.WRONG, "v=spf1 mx ~all")


def test_ten_lookups_are_allowed_and_eleven_are_not():
    ten = " ".join(f"a:{number}.acme.example" for number in range(10))
    assert judged(f"v=spf1 {ten} -all").state is State.OK
    found = judged(f"v=spf1 {ten} mx -all")
    assert found.state is State.WRONG
    assert "more than 10 look-ups" in found.says


def test_lookups_of_what_is_included_count():
    six = " ".join(f"a:{number}.acme.example" for number in range(6))
    other = {"_spf.acme.example": [f"v=spf1 {six} -all"]}
    assert judged("v=spf1 include:_spf.acme.example -all", other=other).state is State.OK
    twice = "v=spf1 include:_spf.acme.example include:_spf.acme.example -all"
    assert judged(twice, other=other).state is State.WRONG


def test_a_circle_ends():
    assert judged("v=spf1 include:acme.example -all").state is State.WRONG


@pytest.mark.parametrize("there", [[], ["no spf"], ["v=spf1 -all", "v=spf1 ~all"]])
def test_an_include_that_leads_nowhere(there: list[str]):
    found = judged("v=spf1 include:gone.example -all", other={"gone.example": there})
    assert (found.state, found.publish) == (State.WRONG, None)
    assert "gone.example" in found.says


@pytest.mark.parametrize("records", [{"acme.example": [BROKEN]}])
def test_no_answer(records: dict[str, list[str]]):
    assert spf.judge(sending(), zone(records)).state is State.UNKNOWN


def test_no_answer_for_what_is_included():
    assert judged(f"v=spf1 include:{BROKEN} -all").state is State.UNKNOWN


def test_what_a_service_wanted_before_does_as_well():
    other = {"_spf.scw-tem.cloud": ["v=spf1 ip4:192.0.2.0/24 -all"]}
    scaleway = by_service(include="_spf.tem.scaleway.com", before=("_spf.scw-tem.cloud",))
    texts = zone({"acme.example": ["v=spf1 include:_spf.scw-tem.cloud -all"], **other})
    assert spf.judge(scaleway, texts).state is State.OK
    assert published(spf.judge(scaleway, zone({}))) == "v=spf1 include:_spf.tem.scaleway.com ~all"
