"""Redrives of many."""

from signalbus.api.example_answers.common import CHANGED, MADE, OTHER, Answers, page

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

ANSWERS: Answers = {
    ("GET", "/redrives"): page(REDRIVE),
    ("POST", "/redrives"): {
        "id": OTHER,
        "dry_run": False,
        "count": 1200,
        "status": "running",
        "done": 0,
        "left_count": 0,
        "left": [],
    },
    ("GET", "/redrives/{id}"): {**REDRIVE, "counts": {"queued": 750, "sent": 448, "dead": 2}},
    ("POST", "/redrives/{id}/stop"): {**STOPPED, "counts": {"sent": 448, "queued": 3, "dead": 2}},
}
