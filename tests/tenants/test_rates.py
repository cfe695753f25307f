"""Requests per second and notifications per minute, of keys and of tenants."""

import re
import time
from typing import Any

import pytest
from prometheus_client import REGISTRY

from signalbus.core import limiter, redis_pool, windows
from signalbus.core.ids import new_id
from signalbus.core.limiter import Limit
from tenants import identity, keys
from tenants import portions as portions_module
from tenants.identity import TenantIdentity
from tenants.models import ApiKey, State, Tenant
from tenants.portions import SECONDS, Portions, portion_of
from tests.core.away import refusing_server
from tests.door import Answer, Api
from tests.make import make_key
from tests.notifications.asking import NOTHING, letter, shipped, written
from tests.tenants.limited import limit

STANDING = re.compile(r'"([\w-]+)";r=(\d+);t=(\d+)')


def times(api: Api, number: int) -> list[int]:
    return [api.get("/batches/00000000-0000-0000-0000-000000000000").status for _ in range(number)]


def limited_key(tenant: TenantIdentity, **numbers: int) -> Api:
    secret = make_key(tenant)
    ApiKey.objects.filter(digest=keys.digest_of(secret)).update(limits=numbers)
    return Api(secret)


def rejections(kind: str) -> float:
    name = "signalbus_http_rate_limit_rejections_total"
    return REGISTRY.get_sample_value(name, {"limit": kind}) or 0.0


def standing(answer: Answer) -> list[tuple[str, int, int]]:
    found = STANDING.findall(answer.headers["RateLimit"])
    return [(name, int(left), int(seconds)) for name, left, seconds in found]


def test_a_burst_passes_and_the_next_waits(api: Api, acme: TenantIdentity) -> None:
    limit(acme, requests_per_second=1, requests_burst=3)
    before = rejections("requests")
    assert times(api, 3) == [404, 404, 404]
    refused = api.get("/policies")
    assert (refused.status, refused.kind) == (429, "rate-limited")
    assert refused.headers["Retry-After"] == "1"
    assert "1 requests per second" in refused.body["detail"]
    assert rejections("requests") == before + 1
    time.sleep(1.1)
    assert api.get("/policies").status == 200


def test_every_answer_says_how_much_is_left(api: Api, acme: TenantIdentity) -> None:
    limit(acme, requests_per_second=5, requests_burst=10)
    answer = api.get("/policies")
    assert answer.headers["RateLimit-Policy"] == '"tenant";q=10;w=2'
    assert standing(answer) == [("tenant", 9, 1)]
    refused = api.post("/notify", {})
    assert refused.status == 422
    assert standing(refused) == [("tenant", 8, 1)]


def test_there_is_a_default(api: Api) -> None:
    answer = api.get("/policies")
    assert answer.headers["RateLimit-Policy"] == '"tenant";q=2000;w=2'


def test_without_a_limit_nothing_is_said(api: Api, acme: TenantIdentity) -> None:
    limit(acme, requests_per_second=None)
    assert "RateLimit" not in api.get("/policies").headers


def test_all_keys_of_a_tenant_share_its_limit(acme: TenantIdentity) -> None:
    limit(acme, requests_per_second=1, requests_burst=4)
    first, second = Api(make_key(acme)), Api(make_key(acme, mode="test"))
    assert times(first, 2) + times(second, 3) == [404, 404, 404, 404, 429]


def test_a_key_may_have_less_than_its_tenant(api: Api, acme: TenantIdentity) -> None:
    slow = limited_key(acme, requests_per_second=1, requests_burst=2)
    answer = slow.get("/policies")
    assert answer.headers["RateLimit-Policy"] == '"tenant";q=2000;w=2, "key";q=2;w=2'
    assert standing(answer) == [("key", 1, 1)]
    assert times(slow, 2) == [404, 429]
    assert "The key's limit" in slow.get("/policies").body["detail"]
    assert times(api, 3) == [404, 404, 404]


def test_another_tenant_is_not_slowed(api: Api, globex_api: Api, acme: TenantIdentity) -> None:
    limit(acme, requests_per_second=1, requests_burst=1)
    assert 429 in times(api, 5)
    assert times(globex_api, 5) == [404] * 5


def test_a_request_that_is_refused_afterwards_counts_as_well(acme: TenantIdentity) -> None:
    secret = make_key(acme, scopes=("send",))
    ApiKey.objects.filter(digest=keys.digest_of(secret)).update(
        limits={"requests_per_second": 1, "requests_burst": 2}
    )
    answers = [Api(secret).get("/policies") for _ in range(4)]
    assert [answer.status for answer in answers] == [403, 403, 429, 429]
    assert standing(answers[0]) == [("key", 1, 1)]


def test_requests_of_a_suspended_tenant_count_as_well(acme: TenantIdentity) -> None:
    limit(acme, requests_per_second=1, requests_burst=2)
    api = Api(make_key(acme))
    Tenant.objects.filter(id=acme.id).update(state=State.SUSPENDED)
    identity.forget()
    assert times(api, 4) == [403, 403, 429, 429]


def test_notifications_per_minute_count_the_items_of_a_batch(
    api: Api, acme: TenantIdentity
) -> None:
    limit(acme, notifications_per_minute=5)
    assert api.post("/notifications/batch", {"items": [letter()] * 3}).status == 202
    assert api.post("/notify", shipped()).status == 202
    before = written(acme)
    refused = api.post("/notifications/batch", {"items": [letter()] * 2})
    assert (refused.status, refused.kind) == (429, "rate-limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert standing(refused)[-1][:2] == ("tenant-notifications", 1)
    assert written(acme) == before
    assert api.post("/notifications", letter()).status == 202
    assert api.post("/notifications", letter()).status == 429


def test_no_minute_sees_more_notifications_than_the_limit(
    api: Api, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REDIS_URL = ""
    redis_pool.client.cache_clear()
    limit(acme, notifications_per_minute=4)
    began, passed = time.monotonic(), []
    for second in range(0, 120, 5):
        monkeypatch.setattr(windows.time, "monotonic", lambda at=began + second: at)
        status = api.post("/notifications", letter()).status
        passed += [second] if status == 202 else []
    redis_pool.client.cache_clear()
    assert passed == [0, 5, 10, 15, 60, 65, 70, 75]


def test_a_batch_that_could_never_pass_says_so(api: Api, acme: TenantIdentity) -> None:
    limit(acme, notifications_per_minute=2)
    people = [{"id": f"u{n}", "email": f"u{n}@example.org"} for n in range(3)]
    body = {"data": {"order": "A"}, "recipients": people}
    refused = api.post("/publish/order.shipped", body)
    assert refused.status == 429
    assert "At most 2 pass at once, and these are 3: send fewer." in refused.body["detail"]
    assert written(acme) == NOTHING


def test_what_is_refused_for_its_shape_is_not_counted(api: Api, acme: TenantIdentity) -> None:
    limit(acme, notifications_per_minute=1)
    assert api.post("/notifications", letter(to="nonsense")).status == 422
    assert api.post("/notifications/batch", {"items": [letter(), 5]}).status == 202


def test_without_redis_each_process_has_its_own(
    api: Api, acme: TenantIdentity, settings: Any
) -> None:
    settings.REDIS_URL = refusing_server()
    redis_pool.client.cache_clear()
    try:
        limit(acme, requests_per_second=1, requests_burst=7)
        answers = [api.get("/policies") for _ in range(8)]
    finally:
        redis_pool.client.cache_clear()
    assert [answer.status for answer in answers] == [200] * 7 + [429]


def test_a_large_limit_is_looked_at_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = limiter.allow

    def allow(limits: Any) -> Any:
        asked.append(limits[0][1])
        return real(limits)

    monkeypatch.setattr(limiter, "allow", allow)
    large = (a_limit(per_second=1000, burst=1000),)
    portions = Portions()
    verdicts = [portions.allow(large) for _ in range(1000)]
    assert all(verdict.allowed for verdict in verdicts)
    assert [verdict.remaining for verdict in verdicts[:20]] == list(range(999, 979, -1))
    assert asked == [20] * 50


def test_what_is_not_given_out_in_time_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = (a_limit(per_second=100, burst=100),)
    portions = Portions()
    assert portions.allow(limits).remaining == 99
    now = time.monotonic()
    monkeypatch.setattr(portions_module.time, "monotonic", lambda: now + SECONDS + 1)
    assert portions.allow(limits).remaining >= 97


@pytest.mark.parametrize(
    ("per_second", "burst", "portion"),
    [
        (1000, 2000, 20),
        (1000, 1000, 20),
        (100, 100, 2),
        (99, 200, 1),
        (5, 1000, 1),
        (9e9, 9e9, 100),
    ],
)
def test_a_portion_is_a_small_part_of_the_burst_and_of_what_a_second_brings(
    per_second: float, burst: int, portion: int
) -> None:
    assert portion_of(a_limit(per_second=per_second, burst=int(burst))) == portion


def test_a_slow_key_may_use_its_whole_burst_however_slowly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is fetched and not given out is never more than what drips in meanwhile."""
    limits = (a_limit(per_second=0.001, burst=1000),)
    portions, began = Portions(), time.monotonic()
    for step in range(1000):
        monkeypatch.setattr(portions_module.time, "monotonic", lambda at=began + step * 2: at)
        assert portions.allow(limits).allowed


def a_limit(*, per_second: float, burst: int) -> Limit:
    return Limit(key=f"tests.{new_id()}", per_second=per_second, burst=burst)
