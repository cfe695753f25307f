"""Dead letters of before they kept a code get the one that they died of."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_attempt, make_delivery, make_letter, make_notification

migration = import_module("delivery.migrations.0010_dead_letter_code")
NOW = timezone.now()


def backfilled(tenant: TenantIdentity, letter: object) -> str:
    with in_tenant(tenant):
        with connection.cursor() as cursor:
            cursor.execute(migration.BACKFILL)
        letter.refresh_from_db()
    return letter.code


@pytest.mark.parametrize(
    ("redriven_at", "code"), [(None, "421"), (NOW - timedelta(minutes=1), "503")]
)
def test_of_the_delivery_or_of_the_last_attempt_before(
    acme: TenantIdentity, redriven_at: object, code: str
) -> None:
    notification = make_notification(acme, status="dead")
    delivery = make_delivery(acme, notification, error_code="421")
    refused = {"outcome": "refused", "error_class": "provider_down"}
    for minutes, told in ((9, "500"), (8, "503"), (1, "504")):
        started_at = NOW - timedelta(minutes=minutes)
        make_attempt(acme, delivery, code=told, started_at=started_at, **refused)
    died = NOW - timedelta(minutes=5)
    letter = make_letter(acme, delivery, code="", created_at=died, redriven_at=redriven_at)
    assert backfilled(acme, letter) == code


def test_one_without_an_attempt_has_none(acme: TenantIdentity) -> None:
    delivery = make_delivery(acme, make_notification(acme, status="dead"))
    letter = make_letter(acme, delivery, code="", redriven_at=NOW)
    assert backfilled(acme, letter) == ""
