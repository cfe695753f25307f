"""SMTP servers that never end what they say: the call ends all the same."""

import time
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.email import smtp_connection
from delivery.providers.email.smtp import Smtp
from tests.contracts.make import make_account, make_message
from tests.dripping import dripping

GREETING = b"220 ready\r\n"
EHLO = b"250 hello\r\n"
TAKEN = b"250 good\r\n"
GO_ON = b"354 go on\r\n"


def driver_of(port: int) -> Smtp:
    options: dict[str, Any] = {"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 0.5}
    return Smtp(make_account("smtp", "email", options={**options, "from": "hello@acme.example"}))


@pytest.mark.parametrize(
    ("answers", "error_class"),
    [
        ((b"220-",), ErrorClass.PROVIDER_DOWN),
        ((GREETING, b"250-"), ErrorClass.PROVIDER_DOWN),
        ((GREETING, EHLO, b"250-"), ErrorClass.PROVIDER_DOWN),
        ((GREETING, EHLO, TAKEN, TAKEN, GO_ON, b"250-"), ErrorClass.UNKNOWN_OUTCOME),
    ],
    ids=["greeting", "ehlo", "sender", "content"],
)
def test_it_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, answers: tuple[bytes, ...], error_class: ErrorClass
) -> None:
    monkeypatch.setattr(smtp_connection, "LONGEST", 0.6)
    began = time.monotonic()
    with dripping(*answers) as port:
        (outcome,) = driver_of(port).send([make_message()])
    assert time.monotonic() - began < 5
    assert isinstance(outcome, DeliveryError)
    assert (outcome.error_class, outcome.code) == (error_class, "timeout")


@pytest.mark.parametrize(("timeout", "whole"), [(5, 20), (15, 60), (30, 90), (120, 120)])
def test_all_steps_have_their_time(timeout: float, whole: float) -> None:
    assert smtp_connection._all_steps(timeout) == whole
