"""STOP, START and HELP by SMS, through Twilio's door."""

from typing import Any

import pytest

from delivery.models import Receipt
from delivery.receipts.sms_keywords import KEYWORDS, WISHES, Wish, plain, wish_of
from notifications.models import Suppression
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.receipts.calls import PROOFS, post
from tests.delivery.receipts.sent import Sent, make_hooked
from tests.delivery.receipts.test_twilio import STOP, signed
from tests.door import Answer, Api
from tests.make import make_key, make_platform_account, make_suppression

NUMBER = "+33612345678"


@pytest.mark.parametrize(
    ("language", "wish", "word"),
    [
        (language, wish, word)
        for language, wishes in KEYWORDS.items()
        for wish, words in wishes.items()
        for word in words
    ],
)
def test_each_word_is_understood_as_people_write_it(language: str, wish: Wish, word: str):
    for written in (word, word.lower(), word.title(), f" {word} \n", f"{word}.", f"« {word} »!"):
        assert wish_of(written) is wish, language


@pytest.mark.parametrize("written", ["arret", "ARRÊT", "arre\u0302t", "Arrêt", "stop", "ARRET"])
def test_accents_do_not_count(written: str):
    assert wish_of(written) is Wish.STOP


@pytest.mark.parametrize("written", ["STOP PLEASE", "Please stop", "Stopping", "", "1", "." * 500])
def test_only_the_whole_message_counts(written: str):
    assert wish_of(written) is None


def test_no_word_means_two_things():
    meanings = {
        (plain(word), wish)
        for wishes in KEYWORDS.values()
        for wish, words in wishes.items()
        for word in words
    }
    assert len(meanings) == len(WISHES)


def say(account: Any, text: str, sid: str = "SM1", **form: str) -> Answer:
    given = {**STOP, "Body": text, "MessageSid": sid, "SmsMessageSid": sid, **form}
    return post("twilio", account.id, signed(given, account))


def held(tenant: TenantIdentity) -> list[tuple[str, str, str, str]]:
    with in_tenant(tenant):
        rows = Suppression.objects.values_list("mode", "channel", "address", "reason")
        return list(rows)


def stored(tenant: TenantIdentity) -> list[str]:
    with in_tenant(tenant):
        return list(Receipt.objects.order_by("id").values_list("event", flat=True))


OPTED_OUT = [("live", "sms", NUMBER, "opt_out")]


def test_stop_suppresses_the_number_in_that_tenant_only(acme: Any, globex: Any):
    account = make_hooked(acme, "twilio")
    make_hooked(globex, "twilio")
    assert say(account, "Arrêt").status == 200
    assert held(acme) == OPTED_OUT
    assert (held(globex), stored(globex)) == ([], [])
    with in_tenant(acme):
        row, receipt = Suppression.objects.get(), Receipt.objects.get()
    assert (row.source_receipt, row.expires_at) == (receipt.id, None)
    assert row.note == "Answered “Arrêt” to +15557122661."
    assert (receipt.event, receipt.event_id, receipt.raw["Body"]) == ("opted_out", "SM1", "Arrêt")


def test_nothing_is_sent_to_it_any_more(acme: Any, api: Api):
    say(make_hooked(acme, "twilio"), "STOP")
    (row,) = api.get("/suppressions", {"address": NUMBER}).body["results"]
    assert (row["reason"], row["channel"]) == ("opt_out", "sms")


def test_start_lifts_it(acme: Any):
    account = make_hooked(acme, "twilio")
    say(account, "STOP")
    say(account, "Start", "SM2")
    assert held(acme) == []
    assert stored(acme) == ["opted_out", "opted_in"]


@pytest.mark.parametrize("reason", ["manual", "complaint", "bad_address"])
def test_start_lifts_nothing_else(acme: Any, reason: str):
    make_suppression(acme, NUMBER, "sms", reason=reason)
    say(make_hooked(acme, "twilio"), "START")
    assert held(acme) == [("live", "sms", NUMBER, reason)]


def test_a_repeated_stop_does_not_undo_a_start(acme: Any):
    account = make_hooked(acme, "twilio")
    say(account, "STOP", "SM1")
    say(account, "START", "SM2")
    assert say(account, "STOP", "SM1").status == 200
    assert held(acme) == []
    assert len(stored(acme)) == 2


def test_stop_counts_in_place_of_a_lesser_reason(acme: Any):
    make_suppression(acme, NUMBER, "sms", reason="manual")
    say(make_hooked(acme, "twilio"), "STOP")
    assert held(acme) == OPTED_OUT


def test_help_is_only_noted(acme: Any):
    make_suppression(acme, NUMBER, "sms", reason="opt_out")
    say(make_hooked(acme, "twilio"), "Help")
    assert (held(acme), stored(acme)) == (OPTED_OUT, ["help"])


@pytest.mark.parametrize(
    "form", [{"Body": "Thank you"}, {"From": "36180"}, {"From": f"whatsapp:{NUMBER}"}]
)
def test_anything_else_is_not_kept(acme: Any, form: dict[str, str]):
    account = make_hooked(acme, "twilio")
    assert say(account, form.pop("Body", "STOP"), **form).status == 200
    assert (held(acme), stored(acme)) == ([], [])


def test_the_word_to_a_number_of_the_platform_counts_for_those_who_wrote_by_it(
    acme: Any, globex: Any
):
    proof = PROOFS["twilio"]
    account = make_platform_account("twilio", "sms", credentials=dict(proof.credentials))
    Sent(acme, account, address=NUMBER)
    Sent(globex, account, address="+33699999999")
    assert say(account, "STOP").status == 200
    assert (held(acme), held(globex)) == (OPTED_OUT, [])


def test_a_test_key_sees_nothing_of_it(acme: Any):
    say(make_hooked(acme, "twilio"), "STOP")
    answer = Api(make_key(acme, mode="test")).get("/suppressions", {"address": NUMBER})
    assert answer.body["results"] == []
