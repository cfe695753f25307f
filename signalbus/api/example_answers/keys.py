"""API keys, and what is used up."""

from typing import Any

from signalbus.api.example_answers.common import MADE, OTHER, Answers, page

KEY: dict[str, Any] = {
    "id": OTHER,
    "name": "shop backend",
    "prefix": "sb_live_3kQ9xT",
    "mode": "live",
    "scopes": ["read", "send"],
    "limits": {"sms_per_day": 500},
    "owner": None,
    "usage": [
        {
            "quota": "sms_per_day",
            "used": 77,
            "limit": 500,
            "remaining": 423,
            "opens_at": "2026-11-21T00:00:00Z",
        }
    ],
    "expires_at": None,
    "last_used_at": None,
    "revoked_at": None,
    "created_at": MADE,
}
DAY_ENDS, MONTH_ENDS = "2026-11-21T00:00:00Z", "2026-12-01T00:00:00Z"


def used(channel: str | None, today: int, month: int) -> dict[str, Any]:
    """Usage of a channel without a quota."""
    none = {"limit": None, "remaining": None}
    return {
        "channel": channel,
        "today": {"used": today, **none, "opens_at": DAY_ENDS},
        "month": {"used": month, **none, "opens_at": MONTH_ENDS},
    }


USAGE = {
    "mode": "live",
    "at": MADE,
    "usage": [used(None, 1204, 30112), used("email", 1190, 29840), used("sms", 77, 2103)],
    "tenant": {
        "requests_per_second": 1000,
        "requests_burst": 2000,
        "notifications_per_minute": None,
        "email_per_minute": None,
        "sms_per_minute": None,
    },
    "key": {
        "requests_per_second": None,
        "requests_burst": None,
        "notifications_per_minute": None,
        "email_per_minute": None,
        "sms_per_minute": None,
    },
    "key_usage": [],
}

ANSWERS: Answers = {
    ("GET", "/api-keys"): page(KEY),
    ("POST", "/api-keys"): {**KEY, "limits": {}, "usage": [], "key": "sb_live_3kQ9xT…"},
    ("GET", "/api-keys/{id}"): KEY,
    ("PATCH", "/api-keys/{id}"): {
        **KEY,
        "limits": {"requests_per_second": 50, "sms_per_day": 500},
    },
    ("GET", "/usage"): USAGE,
}
