"""An example of every operation of the platform's API; the document shows them, a test sends each.

(method, path below /api/platform/v1) → example; an operation that takes nothing has an empty one.
"""

from signalbus.api.examples import Example

EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/tenants"): Example(query={"state": "active"}),
    ("POST", "/tenants"): Example(
        body={
            "name": "initech",
            "domain": "initech.example.org",
            "operator": {"email": "bill@initech.example"},
            "time_zone": "America/Chicago",
            "limits": {"requests_per_second": 200, "sms_per_month": 50000},
            "weights": {"email.bulk": 3},
        }
    ),
    ("GET", "/tenants/{tenant}"): Example(),
    ("PATCH", "/tenants/{tenant}"): Example(
        body={"limits": {"sms_per_month": 80000}, "two_factor_required": True}
    ),
    ("POST", "/tenants/{tenant}/suspend"): Example(body={"reason": "The invoice of May is open."}),
    ("POST", "/tenants/{tenant}/resume"): Example(),
    ("POST", "/tenants/{tenant}/delete"): Example(body={"confirm": "acme"}),
    ("POST", "/tenants/{tenant}/keep"): Example(),
    ("GET", "/tenants/{tenant}/domains"): Example(),
    ("POST", "/tenants/{tenant}/domains"): Example(body={"domain": "messages.acme.example"}),
    ("GET", "/tenants/{tenant}/domains/{domain}"): Example(),
    ("PATCH", "/tenants/{tenant}/domains/{domain}"): Example(body={"is_primary": True}),
    ("DELETE", "/tenants/{tenant}/domains/{domain}"): Example(),
    ("GET", "/tenants/{tenant}/api-keys"): Example(query={"mode": "live"}),
    ("POST", "/tenants/{tenant}/api-keys"): Example(
        body={"name": "shop backend", "mode": "live", "scopes": ["send", "read"]}
    ),
    ("GET", "/tenants/{tenant}/api-keys/{id}"): Example(),
    ("PATCH", "/tenants/{tenant}/api-keys/{id}"): Example(body={"limits": {"sms_per_day": 500}}),
    ("DELETE", "/tenants/{tenant}/api-keys/{id}"): Example(),
}
