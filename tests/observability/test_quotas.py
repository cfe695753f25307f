"""The metric of quotas: by tenant and period, only where there are quotas, bounded in number."""

import pytest

from signalbus.measuring import quotas
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_key
from tests.observability.test_measuring import value
from tests.tenants.limited import limit

LETTER = {"channel": "email", "to": "ana@example.org", "subject": "Hi", "text": "Hello"}


def used(tenant: str, period: str) -> float | None:
    return value("quota_used_ratio", tenant=tenant, period=period)


def send(tenant: TenantIdentity, number: int, mode: str = "live") -> None:
    api = Api(make_key(tenant, mode=mode))
    for _ in range(number):
        assert api.post("/notifications", LETTER).status == 202


def test_the_fullest_quota_of_each_period_is_told(acme: TenantIdentity) -> None:
    limit(acme, email_per_day=4, notifications_per_day=2, email_per_month=100, sms_per_month=0)
    send(acme, 1)
    quotas.measure()
    assert (used("acme", "day"), used("acme", "month")) == (0.5, 0.01)


def test_what_test_mode_uses_is_not_told(acme: TenantIdentity) -> None:
    limit(acme, email_per_day=4)
    send(acme, 1, mode="test")
    quotas.measure()
    assert (used("acme", "day"), used("acme", "month")) == (0, None)


def test_a_tenant_without_quotas_is_not_told(acme: TenantIdentity, globex: TenantIdentity) -> None:
    limit(acme, email_per_day=4)
    quotas.measure()
    assert used("acme", "day") == 0
    limit(acme, requests_per_second=5)
    quotas.measure()
    assert (used("acme", "day"), used("globex", "day")) == (None, None)


def test_only_those_nearest_to_an_end_are_told(
    acme: TenantIdentity, globex: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "MOST", 1)
    limit(acme, email_per_day=4)
    limit(globex, email_per_day=4)
    send(globex, 1)
    quotas.measure()
    assert (used("acme", "day"), used("globex", "day")) == (None, 0.25)
