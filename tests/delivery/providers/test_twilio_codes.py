"""Every code of Twilio's that is known, and the class that it has."""

import pytest
from twilio.base.exceptions import TwilioRestException

from delivery.errors import ErrorClass
from delivery.providers.account import Account
from delivery.providers.twilio.codes import BY_CODE
from delivery.providers.twilio.driver import Twilio
from tests.delivery.pipeline.facts import NOW

EXPECTED = {
    "busy": (
        *(14107, 20429, 21611, 30001, 30017, 30022, 30023, 30027, 30036, 30450, 30453, 30485),
        63038,
    ),
    "unreachable": (30003, 30004),
    "provider_down": (20500, 20503, 20504, 21730, 30008, 30020, 30021, 30410),
    "our_account": (
        *(20003, 20005, 20006, 20008, 20010, 20403, 20404, 21212, 21267, 21408, 21603, 21606),
        *(21607, 21608, 21609, 21612, 21657, 21659, 21660, 21661, 21701, 21702, 21703, 21704),
        *(21705, 30002, 30010, 30018, 30024, 30032, 30033, 30034, 30035, 30037, 30040, 30041),
        *(30042, 30043, 30454),
    ),
    "bad_address": (21211, 21265, 21268, 21614, 21635, 30005, 30006),
    "opted_out": (21610,),
    "content_refused": (
        *(20001, 21266, 21602, 21604, 21605, 21617, 21618, 21619, 21658, 30007, 30019),
    ),
}
CASES = [(code, error_class) for error_class, codes in EXPECTED.items() for code in codes]


@pytest.fixture(scope="module")
def driver() -> Twilio:
    account = Account(
        id=None,  # type: ignore[arg-type]
        name="Twilio",
        kind="twilio",
        channel="sms",
        options={"from": "+15005550006"},
        credentials={"account_sid": "AC" + "0" * 32, "auth_token": "x"},
        updated_at=NOW,
        position=0,
    )
    return Twilio(account)


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_code(driver: Twilio, code: int, expected: str) -> None:
    refusal = TwilioRestException(400, "/Messages.json", msg="Their words.", code=code)
    error = driver.error_of(refusal)
    assert error is not None
    assert (error.error_class.value, error.code) == (expected, str(code))
    assert error.detail == "Their words."


def test_every_code_has_its_case() -> None:
    assert sorted(code for code, _ in CASES) == sorted(BY_CODE)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, ErrorClass.CONTENT_REFUSED),
        (401, ErrorClass.OUR_ACCOUNT),
        (429, ErrorClass.BUSY),
        (500, ErrorClass.PROVIDER_DOWN),
    ],
)
def test_a_code_that_is_not_known_goes_by_the_status(
    driver: Twilio, status: int, expected: ErrorClass
) -> None:
    error = driver.error_of(TwilioRestException(status, "/Messages.json", msg="New.", code=99999))
    assert error is not None
    assert (error.error_class, error.code) == (expected, "99999")
