"""Every code and status of SMTP's that is known, and the class that it has."""

import pytest

from delivery.errors import ErrorClass
from delivery.providers.email import smtp_codes, smtp_words
from delivery.providers.email.smtp_codes import Stage, classify, smtp_error

STATUSES = {
    "busy": ("4.4.2", "4.4.5", "4.5.3", "4.7.0", "4.7.28", "5.7.28"),
    "unreachable": (
        *("4.1.1", "4.1.2", "4.2.1", "4.2.2", "4.4.1", "4.4.3", "4.4.4", "4.4.7", "4.7.1"),
        *("5.2.2", "5.4.6", "5.4.7", "5.4.14", "5.4.300"),
    ),
    "provider_down": ("4.3.0", "4.3.1", "4.3.2", "4.3.5"),
    "our_account": (
        *("4.1.7", "4.1.8", "4.7.26", "4.7.27", "4.7.29", "4.7.30", "4.7.32", "5.1.7", "5.1.8"),
        *("5.5.1", "5.7.3", "5.7.4", "5.7.8", "5.7.9", "5.7.10", "5.7.11", "5.7.13", "5.7.14"),
        *("5.7.20", "5.7.21", "5.7.22", "5.7.23", "5.7.24", "5.7.25", "5.7.26", "5.7.27"),
        *("5.7.29", "5.7.30", "5.7.54", "5.7.57", "5.7.60", "5.7.501", "5.7.502", "5.7.503"),
        *("5.7.509", "5.7.511", "5.7.606", "5.7.705", "5.7.708", "5.7.750"),
    ),
    "bad_address": (
        *("5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1", "5.4.1", "5.4.4"),
        *("5.4.310", "5.7.17", "5.7.18"),
    ),
    "content_refused": ("4.2.3", "4.3.4", "5.2.3", "5.3.4", "5.6.0", "5.6.7"),
}
CASES = [(status, word) for word, statuses in STATUSES.items() for status in statuses]
SUBJECTS = {
    "4.1": "unreachable",
    "4.2": "unreachable",
    "4.3": "provider_down",
    "4.4": "unreachable",
    "4.5": "busy",
    "4.6": "content_refused",
    "4.7": "busy",
    "5.4": "unreachable",
    "5.6": "content_refused",
}
REPLIES = {
    421: "busy",
    450: "unreachable",
    451: "unreachable",
    452: "unreachable",
    455: "busy",
    521: "bad_address",
    550: "bad_address",
    551: "bad_address",
    552: "unreachable",
    553: "bad_address",
    554: "content_refused",
    556: "bad_address",
}
LOGINS = {
    432: "our_account",
    523: "our_account",
    525: "our_account",
    530: "our_account",
    534: "our_account",
    535: "our_account",
    538: "our_account",
}
STAGES = {
    Stage.GREETING: ("provider_down", "our_account"),
    Stage.LOGIN: ("provider_down", "our_account"),
    Stage.SENDER: ("busy", "our_account"),
    Stage.RECIPIENT: ("busy", "content_refused"),
    Stage.CONTENT: ("busy", "content_refused"),
}


@pytest.mark.parametrize(("status", "expected"), CASES)
def test_the_status_alone_as_in_a_bounce(status: str, expected: str) -> None:
    assert classify(None, status).value == expected


@pytest.mark.parametrize(("status", "expected"), CASES)
def test_the_status_goes_before_the_reply(status: str, expected: str) -> None:
    reply = 499 if status.startswith("4") else 599
    error = smtp_error(reply, f"{status} Words.".encode(), Stage.CONTENT)
    assert (error.error_class.value, error.code) == (expected, f"{reply} {status}")
    assert error.detail == f"{reply} {status} Words."


@pytest.mark.parametrize(("subject", "expected"), SUBJECTS.items())
def test_a_status_that_is_not_known_goes_by_its_subject(subject: str, expected: str) -> None:
    assert classify(None, f"{subject}.999").value == expected


@pytest.mark.parametrize(("reply", "expected"), [*REPLIES.items(), *LOGINS.items()])
def test_a_reply_without_a_status(reply: int, expected: str) -> None:
    error = smtp_error(reply, "Words.", Stage.RECIPIENT)
    assert (error.error_class.value, error.code) == (expected, str(reply))


@pytest.mark.parametrize(("reply", "expected"), LOGINS.items())
def test_a_reply_to_the_log_in(reply: int, expected: str) -> None:
    assert smtp_error(reply, f"{reply // 100}.7.0 No.", Stage.LOGIN).error_class.value == expected


@pytest.mark.parametrize(("stage", "expected"), STAGES.items())
def test_what_is_left_speaks_of_what_was_said_last(stage: Stage, expected: tuple[str, str]) -> None:
    found = tuple(smtp_error(reply, "Words.", stage).error_class.value for reply in (499, 599))
    assert found == expected


def test_every_code_has_its_case() -> None:
    assert sorted(status for status, _ in CASES) == sorted(smtp_codes.BY_ENHANCED)
    assert set(SUBJECTS) == set(smtp_codes.BY_SUBJECT)
    assert set(REPLIES) == set(smtp_codes.BY_REPLY)
    assert set(LOGINS) == set(smtp_codes.OF_LOGIN)
    assert set(STAGES) == set(Stage) == set(smtp_codes.FOR_NOW) == set(smtp_codes.FOR_GOOD)


@pytest.mark.parametrize(
    ("reply", "words", "stage", "expected"),
    [
        (552, "4.2.2 Mailbox full", Stage.RECIPIENT, ErrorClass.UNREACHABLE),
        (450, "5.1.1 Later", Stage.RECIPIENT, ErrorClass.UNREACHABLE),
        (550, "5.7.1 Blocked", Stage.RECIPIENT, ErrorClass.CONTENT_REFUSED),
        (550, "5.0.0 Command rejected", Stage.RECIPIENT, ErrorClass.CONTENT_REFUSED),
        (552, "Too much mail data", Stage.CONTENT, ErrorClass.CONTENT_REFUSED),
        (421, "Closing", Stage.GREETING, ErrorClass.PROVIDER_DOWN),
        (421, "4.7.0 Too many of you", Stage.GREETING, ErrorClass.BUSY),
        (554, "5.7.1 Your address is on a spam list", Stage.GREETING, ErrorClass.OUR_ACCOUNT),
        (550, "5.1.1 Sender: user unknown", Stage.SENDER, ErrorClass.OUR_ACCOUNT),
        (451, "4.7.1 Greylisted", Stage.SENDER, ErrorClass.BUSY),
        (552, "5.3.4 Too big", Stage.SENDER, ErrorClass.CONTENT_REFUSED),
    ],
)
def test_where_code_status_and_stage_differ(
    reply: int, words: str, stage: Stage, expected: ErrorClass
) -> None:
    assert smtp_error(reply, words, stage).error_class is expected


@pytest.mark.parametrize(
    ("words", "for_now", "for_good"),
    [
        ("Relay access denied", "our_account", "our_account"),
        ("Unable to relay for ana@example.org", "our_account", "our_account"),
        ("mailbox is full", "unreachable", "unreachable"),
        ("The user is over quota", "unreachable", "unreachable"),
        ("Message would exceed; quota exceeded", "unreachable", "unreachable"),
        ("Greylisted, see http://postgrey.example", "unreachable", "unreachable"),
        ("User unknown in virtual mailbox table", "busy", "bad_address"),
        ("No such user here", "busy", "bad_address"),
        ("Recipient address rejected: User does not exist", "busy", "bad_address"),
        ("This user doesn't have a yahoo.com account", "busy", "bad_address"),
        ("Sorry, no mailbox here by that name. (#5.1.1)", "busy", "bad_address"),
        ("Blocked: see https://blocklist.example", "busy", "content_refused"),
        ("Message rejected: SPF check failed", "busy", "content_refused"),
        ("Refused by local policy", "busy", "content_refused"),
        ("It did not work out", "busy", "content_refused"),
    ],
)
def test_words_decide_where_codes_leave_it_open(words: str, for_now: str, for_good: str) -> None:
    assert classify(None, "4.7.999", words).value == for_now
    assert classify(None, "5.7.1", words).value == for_good


def test_a_bare_refusal_for_spam_says_nothing_against_the_address() -> None:
    assert classify(550, "", "Spam, says our policy") is ErrorClass.CONTENT_REFUSED
    assert classify(550, "", "Sorry") is ErrorClass.BAD_ADDRESS


def test_only_what_is_for_good_can_suppress() -> None:
    for reply in range(400, 500):
        for words in ("", "4.1.1 User unknown", "4.2.1 No such user", "User unknown"):
            found = smtp_error(reply, words, Stage.RECIPIENT).error_class
            assert found is not ErrorClass.BAD_ADDRESS, (reply, words)


def test_every_pattern_is_met() -> None:
    patterns = [*smtp_words.ANY_TIME, *smtp_words.FOR_GOOD]
    texts = ["relaying denied", "over quota", "graylisted", "unknown user", "blacklisted"]
    assert [found for _, found in patterns] == [
        smtp_words.by_words(text, for_good=True) for text in texts
    ]
