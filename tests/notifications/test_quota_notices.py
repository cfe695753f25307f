"""A notice of a quota goes once it is not true any more: by a new limit, or by a new day."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from notifications import quota_notices
from notifications.models import Notice, Usage
from notifications.noticed import SIGNALBUS
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.keys import revoke, set_limits
from tenants.models import ApiKey, Tenant
from tests.door import Api
from tests.make import make_key, make_notice
from tests.notifications.asking import letter
from tests.notifications.test_quotas import open_notices
from tests.tenants.limited import limit

WARNED, STOPPED = ("email_per_day", "warning"), ("email_per_day", "stopped")


def use_up(api: Api, number: int) -> None:
    for _ in range(number):
        assert api.post("/notifications", letter()).status == 202


def by_command(acme: TenantIdentity, limit: str) -> None:
    call_command("set_limits", "acme", f"email_per_day={limit}", verbosity=0)


def by_row(acme: TenantIdentity, number: str) -> None:
    limit(acme, **({} if number == "default" else {"email_per_day": int(number)}))


@pytest.mark.parametrize("change", [by_command, by_row])
@pytest.mark.parametrize(
    ("number", "left"), [("4", []), ("3", [WARNED]), ("2", [STOPPED]), ("0", []), ("default", [])]
)
def test_a_changed_limit_makes_it_say_what_is_so(
    api: Api,
    acme: TenantIdentity,
    change: Callable[[TenantIdentity, str], None],
    number: str,
    left: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("notifications.quotas.WARNING_SHARE", 0.6)
    limit(acme, email_per_day=2)
    use_up(api, 2)
    assert open_notices(acme) == [STOPPED]
    change(acme, number)
    assert open_notices(acme) == left
    with in_tenant(acme):
        notice = Notice.objects.get()
    assert notice.lifted_by == ("" if left else SIGNALBUS)
    assert not left or f"which is {number}" in notice.text


def test_the_next_day_lifts_it_though_nothing_is_sent(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_day=2, email_per_month=2)
    use_up(api, 2)
    assert quota_notices.review_all() == 1
    assert len(open_notices(acme)) == 2
    with in_tenant(acme):
        Usage.objects.update(day=date(2020, 1, 1))
    assert quota_notices.review_all() == 1
    assert open_notices(acme) == []
    assert quota_notices.review_all() == 0


def test_a_batch_that_did_not_fit_is_told_until_the_limit_is_another(
    api: Api, acme: TenantIdentity
) -> None:
    limit(acme, email_per_day=2)
    assert api.post("/notifications/batch", {"items": [letter()] * 3}).status == 429
    quota_notices.review_all()
    assert open_notices(acme) == [WARNED]
    limit(acme, email_per_day=3)
    assert open_notices(acme) == []


def test_modes_tenants_and_other_kinds_keep_theirs(
    api: Api, test_api: Api, globex_api: Api, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    for tenant in (acme, globex):
        limit(tenant, email_per_day=1)
    make_notice(acme)
    for each in (api, test_api, globex_api):
        use_up(each, 1)
    with in_tenant(acme):
        Usage.objects.filter(mode="live").update(day=date(2020, 1, 1))
    quota_notices.review_all()
    assert open_notices(acme) == [("email_per_day.test", "stopped")]
    assert open_notices(globex) == [STOPPED]
    with in_tenant(acme):
        assert Notice.objects.filter(lifted_at=None).count() == 2


def raise_limit(key: ApiKey) -> None:
    set_limits(key, {"email_per_day": 9})


@pytest.mark.parametrize("mend", [raise_limit, revoke])
def test_a_keys_goes_by_the_keys_own_limit(acme: TenantIdentity, mend: Callable[..., Any]) -> None:
    use_up(Api(make_key(acme, limits={"email_per_day": 1})), 1)
    key = ApiKey.objects.get()
    assert open_notices(acme) == [(f"email_per_day.{key.prefix}", "stopped")]
    Tenant.objects.get(id=acme.id).save()
    assert len(open_notices(acme)) == 1
    mend(key)
    assert open_notices(acme) == []
