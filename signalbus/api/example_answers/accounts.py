"""Provider accounts."""

from signalbus.api.example_answers.common import CHANGED, MADE, OTHER, Answers, page

ACCOUNT = {
    "id": OTHER,
    "name": "own mail server",
    "kind": "smtp",
    "channel": "email",
    "options": {"host": "smtp.example.org", "port": 587, "from": "shop@example.org"},
    "has_credentials": True,
    "enabled": True,
    "inherited": False,
    "position": 0,
    "weight": 1,
    "per_second": 50.0,
    "burst": 10,
    "domain_per_second": None,
    "breaker": {"state": "closed", "retry_in": None},
    "hook_url": None,
    "created_at": MADE,
    "updated_at": MADE,
}

ANSWERS: Answers = {
    ("GET", "/provider-accounts"): page(ACCOUNT),
    ("POST", "/provider-accounts"): ACCOUNT,
    ("GET", "/provider-accounts/{id}"): ACCOUNT,
    ("PATCH", "/provider-accounts/{id}"): {**ACCOUNT, "enabled": False, "updated_at": CHANGED},
    ("POST", "/provider-accounts/{id}/close-breaker"): ACCOUNT,
    ("GET", "/provider-accounts/{id}/domain"): {
        "account": ACCOUNT["id"],
        "domain": "example.org",
        "ready": False,
        "findings": [
            {
                "check": "spf",
                "name": "example.org",
                "state": "missing",
                "found": [],
                "says": "example.org has no SPF record. If mail leaves by other servers, name "
                "these.",
                "publish": {
                    "name": "example.org",
                    "type": "TXT",
                    "value": "v=spf1 a:smtp.example.org ~all",
                },
            }
        ],
    },
}
