"""Moments at every door: kept in UTC, and refused where nothing could read them again."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Notification, Suppression
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api

FAR = "9999-12-31T23:59:59-01:00"
# More hours than PostgreSQL takes for an offset.
ODD, IN_UTC = "2026-12-31T00:00:00+23:00", datetime(2026, 12, 30, 1, tzinfo=UTC)
DIRECT = {"channel": "email", "to": "ana@example.org", "subject": "Hi", "text": "Ho"}
SUPPRESSED = {"channel": "email", "address": "ana@example.org"}
KEY = {"name": "till", "scopes": ["send"]}
DEAD = {"topic": "order.shipped"}


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/suppressions", {**SUPPRESSED, "expires_at": FAR}, "/expires_at"),
        ("/notifications", {**DIRECT, "expires_at": FAR}, "/expires_at"),
        ("/notifications", {**DIRECT, "send_at": FAR}, "/send_at"),
        ("/api-keys", {**KEY, "expires_at": FAR}, "/expires_at"),
        ("/redrives", {"filter": {"created_after": FAR}}, "/filter/created_after"),
        ("/dead-letters/acknowledge", {"filter": {**DEAD, "created_before": FAR}}, None),
    ],
)
def test_a_body_is_told_what_is_too_far(api: Api, path: str, body: Any, pointer: str) -> None:
    answer = api.post(path, body)
    assert answer.status == 422
    assert answer.pointers == [pointer or "/filter/created_before"]
    assert api.get("/suppressions").body["results"] == []


def test_one_item_of_a_batch_harms_no_other(api: Api) -> None:
    items = [{**DIRECT, "expires_at": FAR}, DIRECT]
    answer = api.post("/notifications/batch", {"items": items})
    assert [item["status"] for item in answer.body["results"]] == [422, 202]


def test_any_offset_is_taken(api: Api, acme: TenantIdentity) -> None:
    assert api.post("/suppressions", {**SUPPRESSED, "expires_at": ODD}).status == 201
    other = {**DIRECT, "to": "bob@example.org"}
    assert api.post("/notifications", {**other, "expires_at": ODD}).status == 202
    with in_tenant(acme):
        assert Suppression.objects.get().expires_at == IN_UTC
        assert Notification.objects.get().expires_at == IN_UTC


def test_a_query_is_told(api: Api) -> None:
    assert api.get("/notifications", {"created_after": ODD}).status == 200
    answer = api.get("/notifications", {"created_after": FAR})
    assert (answer.kind, answer.pointers) == ("invalid-parameter", ["/created_after"])


def test_a_file_is_told(api: Api, acme: TenantIdentity) -> None:
    file = "channel,address,expires_at\nemail,ana@example.org,{}\n"
    far, odd = [
        api.raw("POST", "/suppressions/import", file.format(moment).encode(), "text/csv")
        for moment in (FAR, ODD)
    ]
    assert (far.status, far.pointers) == (422, ["/rows/2/expires_at"])
    assert odd.status == 200
    with in_tenant(acme):
        assert Suppression.objects.get().expires_at == IN_UTC


def test_commands_are_told(acme: TenantIdentity) -> None:
    with pytest.raises(CommandError, match="hundred years"):
        call_command("create_api_key", acme.name, expires=FAR)
    with pytest.raises(CommandError, match="--filter created_after: This is"):
        call_command(
            "redrive", tenant=acme.name, filter=[f"created_after={FAR}"], stdout=StringIO()
        )
