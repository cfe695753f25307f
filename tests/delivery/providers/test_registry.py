"""Kinds of accounts, their validation, and drivers by account."""

from dataclasses import replace
from datetime import timedelta
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers import registry
from delivery.providers.account import SIMULATOR
from delivery.providers.base import Accepted, Message, Outcome, Provider
from delivery.providers.kinds import Field, Kind
from signalbus.bus.streams import Channel
from tests.contracts.make import make_account, make_message

SMTP = {"from": "hello@acme.example", "host": "mail.acme.example"}


class Pigeon(Provider):
    """A driver of another package."""

    kind = "pigeon"
    channels = ("sms",)

    def send_one(self, message: Message) -> Outcome:
        if message.text == "raise":
            raise KeyError("loft")
        if message.text == "shot":
            return DeliveryError(
                error_class=ErrorClass.CONTENT_REFUSED,
                code="hunter \ud83d",
                detail="Shot \ud83d down.",
            )
        return Accepted(reference=f"{message.text}\0" * 200)


PIGEON = Kind(
    name="pigeon",
    label="Carrier pigeon",
    channels=("sms",),
    driver=f"{__name__}.Pigeon",
    options=(Field(name="loft", label="Loft", required=True),),
)


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch):
    points = [
        EntryPoint("pigeon", f"{__name__}:PIGEON", registry.GROUP),
        EntryPoint("broken", "no.such.module:KIND", registry.GROUP),
        EntryPoint("wrong", f"{__name__}:Pigeon", registry.GROUP),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    registry._table.cache_clear()
    yield
    registry._table.cache_clear()
    registry.close_all()


def test_kinds_have_what_a_form_needs():
    for kind in registry.kinds():
        assert kind.label
        assert set(kind.channels) <= {channel.value for channel in Channel}
        for field in (*kind.options, *kind.credentials):
            assert field.label


def test_a_valid_account():
    assert registry.validate("smtp", "email", SMTP, {"password": "x"}) == []


@pytest.mark.parametrize(
    ("kind", "channel", "options", "credentials", "pointer"),
    [
        ("carrier", "email", {}, {}, "/kind"),
        ("smtp", "sms", SMTP, {}, "/channel"),
        ("smtp", "email", {"host": "h"}, {}, "/options/from"),
        ("smtp", "email", {**SMTP, "from": ""}, {}, "/options/from"),
        ("smtp", "email", {**SMTP, "port": "25"}, {}, "/options/port"),
        ("smtp", "email", {**SMTP, "port": True}, {}, "/options/port"),
        ("smtp", "email", {**SMTP, "timeout": -1}, {}, "/options/timeout"),
        ("smtp", "email", {**SMTP, "port": 65536}, {}, "/options/port"),
        ("smtp", "email", {**SMTP, "timeout": float("inf")}, {}, "/options/timeout"),
        ("simulator", "sms", {"fail_ratio": 1.5}, {}, "/options/fail_ratio"),
        ("smtp", "email", {**SMTP, "tls": "maybe"}, {}, "/options/tls"),
        ("smtp", "email", {**SMTP, "verify": "no"}, {}, "/options/verify"),
        ("smtp", "email", {**SMTP, "from": "a\r\nb"}, {}, "/options/from"),
        ("smtp", "email", {**SMTP, "from": "Acme"}, {}, "/options/from"),
        ("smtp", "email", {**SMTP, "from": "Acme <hello@>"}, {}, "/options/from"),
        ("smtp", "email", {**SMTP, "from": "a@acme.example, b@acme.example"}, {}, "/options/from"),
        ("smtp", "email", {**SMTP, "from": f"{'A' * 240} <a@acme.example>"}, {}, "/options/from"),
        ("smtp", "email", {**SMTP, "reply_to": "nobody"}, {}, "/options/reply_to"),
        ("smtp", "email", SMTP, {"password": "x" * 4097}, "/credentials/password"),
        ("simulator", "sms", {"from": "x" * 255}, {}, "/options/from"),
        ("smtp", "email", {**SMTP, "a/b~c": 1}, {}, "/options/a~1b~0c"),
        ("smtp", "email", SMTP, {"pasword": "x"}, "/credentials/pasword"),
        ("twilio", "sms", {}, {"account_sid": "A", "auth_token": "x"}, "/options"),
        ("twilio", "sms", {"from": "+1", "base_url": "ftp://x"}, {}, "/options/base_url"),
    ],
)
def test_what_is_wrong_has_a_pointer(
    kind: str, channel: str, options: dict[str, Any], credentials: dict[str, Any], pointer: str
):
    problems = dict(registry.validate(kind, channel, options, credentials))
    assert pointer in problems
    assert problems[pointer].endswith(".")


@pytest.mark.parametrize(
    "sender",
    ["a@b.example", "Acme <a@b.example>", '"Acme, Inc." <a@b.example>', f"{'A' * 240} <a@b.co>"],
)
def test_senders_with_a_name_or_without(sender: str):
    assert registry.validate("smtp", "email", {**SMTP, "from": sender}, {}) == []


def test_a_driver_is_kept_until_its_account_changes():
    account = make_account("simulator")
    driver = registry.driver(account)
    assert registry.driver(replace(account)) is driver
    later = replace(account, updated_at=account.updated_at + timedelta(seconds=1))
    assert registry.driver(later) is not driver


def test_only_so_many_drivers_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "MOST_KEPT", 2)
    registry.close_all()
    accounts = [make_account("simulator") for _ in range(3)]
    drivers = [registry.driver(account) for account in accounts]
    assert len(registry._drivers) == 2
    assert registry.driver(accounts[2]) is drivers[2]
    assert registry.driver(accounts[0]) is not drivers[0]


@pytest.mark.parametrize(
    "account",
    [
        make_account("carrier"),
        make_account("smtp", options={}),
        make_account("twilio", "sms"),
        make_account("smtp", options=SMTP, problem="The credentials cannot be opened."),
    ],
    ids=["unknown kind", "no host", "no credentials", "sealed"],
)
def test_an_account_that_cannot_be_used_refuses_with_the_reason(account: Any):
    driver = registry.driver(account)
    outcomes = driver.send([make_message(), make_message()])
    assert len(outcomes) == 2
    for outcome in outcomes:
        assert isinstance(outcome, DeliveryError)
        assert outcome.error_class is ErrorClass.OUR_ACCOUNT
        assert outcome.detail
    assert driver.kind == account.kind


def test_secrets_do_not_show():
    account = make_account("smtp", options=SMTP, credentials={"password": "hunter2"})
    assert "hunter2" not in repr(account)


def test_a_driver_of_another_package(pigeon: None):
    assert registry.find("pigeon") is PIGEON
    assert registry.find("broken") is None
    assert registry.find("wrong") is None
    assert dict(registry.validate("pigeon", "sms", {}, {})) == {
        "/options/loft": "Loft is required."
    }
    driver = registry.driver(make_account("pigeon", "sms", options={"loft": "roof"}))
    assert isinstance(driver, Pigeon)


def test_what_a_driver_raises_is_an_unknown_outcome(pigeon: None):
    driver = registry.driver(make_account("pigeon", "sms"))
    good, bad = driver.send([make_message(text="fly"), make_message(text="raise")])
    assert isinstance(bad, DeliveryError)
    assert (bad.error_class, bad.code) == (ErrorClass.UNKNOWN_OUTCOME, "KeyError")
    assert isinstance(good, Accepted)


@pytest.mark.parametrize(
    "outcomes", [[], [Accepted(reference="1"), Accepted(reference="2")], [None], ["sent"]]
)
def test_outcomes_that_are_not_the_messages_are_unknown(
    pigeon: None, monkeypatch: pytest.MonkeyPatch, outcomes: list[Any]
):
    monkeypatch.setattr(Pigeon, "send_many", lambda self, messages: outcomes)
    driver = registry.driver(make_account("pigeon", "sms"))
    (outcome,) = driver.send([make_message()])
    assert isinstance(outcome, DeliveryError)
    assert outcome.error_class is ErrorClass.UNKNOWN_OUTCOME
    assert "pigeon" in outcome.detail


def test_texts_of_outcomes_fit_the_database(pigeon: None):
    driver = registry.driver(make_account("pigeon", "sms"))
    (outcome,) = driver.send([make_message(text="coo")])
    assert isinstance(outcome, Accepted)
    assert len(outcome.reference) == 255
    assert "\0" not in outcome.reference


def test_half_a_character_does_not_reach_the_database(pigeon: None):
    driver = registry.driver(make_account("pigeon", "sms"))
    taken, refused = driver.send([make_message(text="coo \ud83d"), make_message(text="shot")])
    assert isinstance(taken, Accepted)
    assert taken.reference.startswith("coo ?coo ?")
    assert isinstance(refused, DeliveryError)
    assert (refused.code, refused.detail) == ("hunter ?", "Shot ? down.")


def test_the_simulator_needs_no_row():
    assert isinstance(registry.driver(SIMULATOR).send([make_message()])[0], Accepted)
