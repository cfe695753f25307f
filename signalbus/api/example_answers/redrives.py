"""Redrives of many."""

from signalbus.api.example_answers.common import (
    CHANGED,
    MADE,
    MAIL,
    OTHER,
    Answers,
    OtherAnswers,
    page,
)

REDRIVE = {
    "id": OTHER,
    "dry_run": False,
    "count": 1200,
    "status": "running",
    "done": 450,
    "waiting": 750,
    "stopped": 0,
    "filter": {"channel": "email", "error_class": "provider_down"},
    "rate_per_second": 50.0,
    "account": None,
    "actor": "key sb_live_3kQ9xT…",
    "created_at": MADE,
    "stopped_at": None,
    "stopped_by": None,
}
STOPPED = {
    **REDRIVE,
    "status": "stopped",
    "waiting": 3,
    "stopped": 747,
    "stopped_at": CHANGED,
    "stopped_by": "key sb_live_3kQ9xT…",
}
BEGUN = {
    "id": OTHER,
    "dry_run": False,
    "count": 1200,
    "status": "running",
    "done": 0,
    "left_count": 0,
    "left": [],
}
LEFT = {
    "delivery": MAIL,
    "channel": "email",
    "reason": "suppressed",
    "suppression": 12,
    "why": "hard_bounce",
    "detail": "The address g***@example.org is suppressed on email (hard_bounce), so "
    "nothing is sent to it. Remove the suppression first, with DELETE "
    "/api/v1/suppressions/12 or in the console below Suppressions, then redrive.",
}
COUNTED = {
    "dry_run": True,
    "count": 1200,
    "status": "counted",
    "done": 0,
    "left_count": 1,
    "left": [LEFT],
}

ANSWERS: Answers = {
    ("GET", "/redrives"): page(REDRIVE),
    ("POST", "/redrives"): BEGUN,
    ("GET", "/redrives/{id}"): {**REDRIVE, "counts": {"queued": 750, "sent": 448, "dead": 2}},
    ("POST", "/redrives/{id}/stop"): {**STOPPED, "counts": {"sent": 448, "queued": 3, "dead": 2}},
}
OTHER_ANSWERS: OtherAnswers = {("POST", "/redrives", 200): COUNTED}
