"""Recipients and suppressions."""

from signalbus.api.example_answers.common import CHANGED, MADE, Answers, page

PERSON = {
    "id": "user-44",
    "email": "bob@example.org",
    "phone": "+33612345679",
    "locale": "en",
    "time_zone": "Europe/London",
    "attributes": {"plan": "gold"},
    "created_at": MADE,
    "updated_at": MADE,
}
SUPPRESSION = {
    "id": 12,
    "channel": "email",
    "address": "gone@example.org",
    "reason": "manual",
    "note": "Asked by phone.",
    "delivery": None,
    "receipt": None,
    "expires_at": None,
    "created_at": MADE,
}

ANSWERS: Answers = {
    ("GET", "/recipients"): page(PERSON),
    ("POST", "/recipients"): PERSON,
    ("GET", "/recipients/{id}"): PERSON,
    ("PATCH", "/recipients/{id}"): {**PERSON, "locale": "fr", "updated_at": CHANGED},
    ("GET", "/suppressions"): page(SUPPRESSION),
    ("POST", "/suppressions"): SUPPRESSION,
    ("GET", "/suppressions/export"): (
        "channel,address,reason,note,expires_at,created_at,delivery\r\n"
        "email,gone@example.org,manual,Asked by phone.,,2026-11-20T18:00:00.120000+00:00,\r\n"
        "sms,'+33612345678,opt_out,STOP,,2026-11-20T18:00:01.480000+00:00,\r\n"
    ),
    ("POST", "/suppressions/import"): {"rows": 2, "added": 2, "changed": 0, "unchanged": 0},
    ("GET", "/suppressions/{id}"): SUPPRESSION,
    ("PATCH", "/suppressions/{id}"): {**SUPPRESSION, "note": "Asked in writing."},
}
