"""Moments in forms: taken as those of the API are."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from delivery.admin.redrive_form import RedriveForm
from tenants.context import in_tenant
from tenants.identity import TenantIdentity

FAR = "9999-12-31T23:59:59-01:00"
ODD, IN_UTC = "2026-12-31T00:00:00+23:00", datetime(2026, 12, 30, 1, tzinfo=UTC)
SUPPRESSED = {"mode": "live", "channel": "email", "address": "ana@example.org", "reason": "manual"}
KEY = {"name": "till", "mode": "live", "scopes": ["send"]}
ENDS = {"expires_at_0": "9999-12-31", "expires_at_1": "23:59"}


@pytest.mark.parametrize(
    ("path", "fields"),
    [("notifications/suppression", SUPPRESSED), ("tenants/apikey", KEY)],
    ids=["suppression", "key"],
)
def test_the_console_is_told(console: Client, path: str, fields: dict[str, object]) -> None:
    answer = console.post(f"/admin/{path}/add/", {**fields, **ENDS})
    assert b"more than a hundred years" in answer.content


@pytest.mark.parametrize(("moment", "is_valid"), [(FAR, False), (ODD, True)])
def test_the_form_of_redrives_is_told(acme: TenantIdentity, moment: str, is_valid: bool) -> None:
    given = {"created_after": moment, "limit": 1, "mode": "live"}
    with in_tenant(acme):
        form = RedriveForm(given)
        assert form.is_valid() is is_valid, form.errors
        assert form.cleaned_data.get("created_after") == (IN_UTC if is_valid else None)
