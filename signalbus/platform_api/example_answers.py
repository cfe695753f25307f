"""What the examples are answered; the document shows it, and a test compares it with the truth."""

from typing import Any

from signalbus.api.example_answers.common import MADE, OTHER, Answers, page

TENANT: dict[str, Any] = {
    "id": 7,
    "name": "acme",
    "schema": "t_5f0c21a9d3e4",
    "state": "active",
    "suspension_reason": None,
    "delete_at": None,
    "console_url": "https://acme.example.org/admin/",
    "domains": ["acme.example.org"],
    "default_locale": "en",
    "time_zone": "Europe/Paris",
    "idempotency_hours": 24,
    "inherits_accounts": True,
    "two_factor_required": False,
    "limits": {"sms_per_month": 50000},
    "weights": {"email.bulk": 3},
    "backlog": {
        "due": 1204,
        "has_more": False,
        "oldest_due_at": "2026-11-20T17:58:12.004Z",
        "lines": [
            {"stream": "email.bulk", "due": 1204, "oldest_due_at": "2026-11-20T17:58:12.004Z"}
        ],
    },
    "pauses": [
        {
            "stream": "email.bulk",
            "reason": "guard",
            "note": "9.4 % of 512 bounced within the last day.",
            "since": "2026-11-20T17:58:12.004Z",
            "until": None,
        }
    ],
    "usage": {"notifications": 30112, "deliveries": {"email": 29840, "sms": 2103}},
    "created_at": MADE,
}
QUIET: dict[str, Any] = {"due": 0, "has_more": False, "oldest_due_at": None, "lines": []}
NEW = {
    **TENANT,
    "id": 8,
    "name": "initech",
    "schema": "t_90bb17e2c6aa",
    "console_url": "https://initech.example.org/admin/",
    "domains": ["initech.example.org"],
    "time_zone": "America/Chicago",
    "limits": {"requests_per_second": 200, "sms_per_month": 50000},
    "backlog": QUIET,
    "pauses": [],
    "usage": {"notifications": 0, "deliveries": {}},
    "invitation": {
        "email": "bill@initech.example",
        "role": "owner",
        "url": "https://initech.example.org/admin/join/9mXq0v…/",
        "expires_at": "2026-11-23T18:00:00.120Z",
        "mailed": True,
    },
}


def paused(reason: str, note: str) -> list[dict[str, Any]]:
    """All lines stand still for that reason."""
    return [{"stream": None, "reason": reason, "note": note, "since": MADE, "until": None}]


WHY = "The invoice of May is open."
SUSPENDED = {
    **TENANT,
    "state": "suspended",
    "suspension_reason": WHY,
    "pauses": paused("suspended", WHY),
}
ENDING = "It is to be deleted at 2026-12-04T18:00:00Z."
TO_BE_DELETED = {
    **TENANT,
    "state": "suspended",
    "suspension_reason": ENDING,
    "delete_at": "2026-12-04T18:00:00.120Z",
    "pauses": paused("deletion", ENDING),
}
DOMAIN = {"domain": "acme.example.org", "is_primary": True}
KEY = {
    "id": OTHER,
    "name": "shop backend",
    "prefix": "sb_live_3kQ9xT",
    "mode": "live",
    "scopes": ["read", "send"],
    "personal": False,
    "limits": {},
    "expires_at": None,
    "last_used_at": None,
    "revoked_at": None,
    "created_at": MADE,
}

ANSWERS: Answers = {
    ("GET", "/tenants"): page(TENANT),
    ("POST", "/tenants"): NEW,
    ("GET", "/tenants/{tenant}"): TENANT,
    ("PATCH", "/tenants/{tenant}"): {
        **TENANT,
        "two_factor_required": True,
        "limits": {"sms_per_month": 80000},
    },
    ("POST", "/tenants/{tenant}/suspend"): SUSPENDED,
    ("POST", "/tenants/{tenant}/resume"): TENANT,
    ("POST", "/tenants/{tenant}/delete"): TO_BE_DELETED,
    ("POST", "/tenants/{tenant}/keep"): TENANT,
    ("GET", "/tenants/{tenant}/domains"): page(DOMAIN),
    ("POST", "/tenants/{tenant}/domains"): {
        "domain": "messages.acme.example",
        "is_primary": False,
    },
    ("GET", "/tenants/{tenant}/domains/{domain}"): DOMAIN,
    ("PATCH", "/tenants/{tenant}/domains/{domain}"): DOMAIN,
    ("GET", "/tenants/{tenant}/api-keys"): page(KEY),
    ("POST", "/tenants/{tenant}/api-keys"): {**KEY, "key": "sb_live_3kQ9xT…"},
    ("GET", "/tenants/{tenant}/api-keys/{id}"): KEY,
    ("PATCH", "/tenants/{tenant}/api-keys/{id}"): {**KEY, "limits": {"sms_per_day": 500}},
}
