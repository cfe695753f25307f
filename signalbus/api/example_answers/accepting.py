"""What those who send are answered."""

from signalbus.api.example_answers.common import (
    ASKED,
    BATCH,
    CHANGED,
    MADE,
    MAIL,
    MESSAGE,
    OTHER,
    Answers,
    delivery,
)

BY_MAIL = [delivery(MAIL, "email", "a**@example.org")]
DIRECT = {**ASKED, "topic": None, "recipient": None, "deliveries": BY_MAIL}
RESULT = {"index": 0, **ASKED, "status": 202}
SKIPPED = {"id": OTHER, "channel": "email", "status": "skipped", "reason": "no_contact"}
NEXT = {
    **RESULT,
    "index": 1,
    "id": OTHER,
    "recipient": "user-43",
    "deliveries": [SKIPPED, delivery(MESSAGE, "sms", "********5678")],
}
TEXTED = {
    **RESULT,
    "index": 1,
    "id": OTHER,
    "topic": None,
    "recipient": None,
    "deliveries": [delivery(MESSAGE, "sms", "********5678")],
}
SEVERAL = {"batch": BATCH, "accepted": 1, "refused": 0, "results": [RESULT]}
TWO = {**SEVERAL, "accepted": 2}

ANSWERS: Answers = {
    ("POST", "/notify"): ASKED,
    ("POST", "/notify/{topic}"): SEVERAL,
    ("POST", "/publish/{topic}"): {**TWO, "results": [RESULT, NEXT]},
    ("POST", "/notifications"): DIRECT,
    ("POST", "/notifications/batch"): {**TWO, "results": [RESULT, TEXTED]},
    ("GET", "/batches/{id}"): {
        "id": BATCH,
        "accepted": 2,
        "refused": 0,
        "counts": {"sent": 2},
        "done": True,
        "created_at": MADE,
        "first_settled_at": CHANGED,
        "last_settled_at": CHANGED,
    },
}
