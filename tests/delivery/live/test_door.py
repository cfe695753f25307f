"""Who may listen, and what the others are told before a stream begins."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

from delivery.live import tickets
from delivery.live.tickets import of_key, of_person
from tenants import identity, suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey, Tenant
from tenants.operators import logins, sign_ins
from tenants.operators.models import SignIn
from tenants.roles import Role
from tests.delivery.live.conftest import Streaming, made
from tests.delivery.live.listening import Stream
from tests.door import Api
from tests.make import make_key
from tests.processes import eventually


def viewers_ticket(tenant: TenantIdentity) -> str:
    """The ticket of somebody who may only look, and is logged in."""
    with in_tenant(tenant):
        logins.create_operator("vera", "a-long-enough-password", role=Role.VIEWER)
        vera = get_user_model().objects.get(username="vera")
        later = timezone.now() + timedelta(hours=1)
        session = Session.objects.create(session_key="vera", expire_date=later)
        place = SignIn.objects.create(user=vera, session_key=session.session_key)
    return of_person(tenant.schema, vera.pk, place.pk, "live")


def kind(stream: Stream) -> str:
    assert stream.headers["content-type"] == "application/problem+json"
    return str(stream.body()["type"]).rpartition(":")[2]


def test_refusals_are_problems(streaming: Streaming, acme: TenantIdentity) -> None:
    port, key = streaming.port, streaming.key
    sender = make_key(acme, scopes=("send",))
    only_json = {"Accept": "application/json"}
    for stream, status, expected in (
        (Stream(port, None), 401, "unauthenticated"),
        (Stream(port, "sb_live_wrong"), 401, "unauthenticated"),
        (Stream(port, None, ticket="wrong"), 401, "unauthenticated"),
        (Stream(port, sender), 403, "missing-scope"),
        (Stream(port, key, channel="pigeon"), 400, "invalid-parameter"),
        (Stream(port, key, colour="red"), 400, "invalid-parameter"),
        (Stream(port, key, headers=only_json), 406, "not-acceptable"),
        (Stream(port, key, last_id="yesterday"), 422, "invalid"),
        (Stream(port, key, last_id=2**63), 422, "invalid"),
        (Stream(port, key, last_event_id="-1"), 422, "invalid"),
        (Stream(port, key, path="/api/v1/notifications"), 404, "not-found"),
    ):
        assert (stream.status, kind(stream)) == (status, expected)


def test_a_suspended_tenant_has_no_stream(streaming: Streaming, acme: TenantIdentity) -> None:
    suspension.suspend(acme.id, "unpaid")
    assert kind(streaming.ask(streaming.key)) == "tenant-suspended"


def test_a_tenant_may_have_so_many_streams(
    streaming: Streaming, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    Tenant.objects.filter(id=acme.id).update(limits={"live_streams": 2})
    first, _second = streaming.listen(), streaming.listen()
    refused = streaming.ask(streaming.key)
    assert (refused.status, refused.headers["retry-after"]) == (429, "10")
    assert kind(refused) == "too-many-streams"
    streaming.listen(make_key(globex))
    first.close()
    eventually(lambda: streaming.ask(streaming.key).status == 200)


def test_a_revoked_key_ends_its_stream(streaming: Streaming, acme: TenantIdentity) -> None:
    other = streaming.listen(make_key(acme))
    stream = streaming.listen()
    ApiKey.objects.filter(prefix=streaming.key[:14]).update(revoked_at=timezone.now())
    assert stream.ends_within(10)
    assert not other.ends_within(0.5)
    assert streaming.ask(streaming.key).status == 401


def test_a_suspension_ends_the_tenants_streams(
    streaming: Streaming, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    other = streaming.listen(make_key(globex))
    stream = streaming.listen()
    suspension.suspend(acme.id, "unpaid")
    assert stream.ends_within(10)
    assert not other.ends_within(0.5)


def test_a_ticket_stands_for_its_key(streaming: Streaming, acme: TenantIdentity) -> None:
    key = ApiKey.objects.get(prefix=streaming.test_key[:14])
    stream = Stream(streaming.port, None, ticket=of_key(key.id)).open()
    made(acme, mode="live")
    made(acme, mode="test", topic="mine")
    assert [event.data["topic"] for event in stream.events(1)] == ["mine"]
    assert stream.headers["access-control-allow-origin"] == "*"
    ticket = of_key(key.id)
    key.delete()
    assert stream.ends_within(10)
    assert Stream(streaming.port, None, ticket=ticket).status == 401


def deactivate() -> None:
    get_user_model().objects.update(is_active=False)


def log_out() -> None:
    sign_ins.end_all(get_user_model().objects.get(username="vera").pk)


def let_lapse() -> None:
    Session.objects.update(expire_date=timezone.now())


@pytest.mark.parametrize("end", [deactivate, log_out, let_lapse])
def test_an_operators_stream_ends_with_their_log_in(
    streaming: Streaming, acme: TenantIdentity, end: Callable[[], None]
) -> None:
    ticket = viewers_ticket(acme)
    stream = Stream(streaming.port, None, ticket=ticket).open()
    made(acme, topic="seen")
    assert [event.data["topic"] for event in stream.events(1)] == ["seen"]
    with in_tenant(acme):
        end()
    assert stream.ends_within(8)
    assert Stream(streaming.port, None, ticket=ticket).status == 401


def test_a_ticket_does_not_last(
    streaming: Streaming, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "KEPT", timedelta(seconds=4))
    ticket = viewers_ticket(acme)
    stream = Stream(streaming.port, None, ticket=ticket).open()
    assert stream.ends_within(8)
    assert Stream(streaming.port, None, ticket=ticket).status == 401


def test_a_web_process_sends_on_with_a_ticket(api: Api, streaming: Streaming) -> None:
    answer = api.get("/stream", {"topic": "order.shipped"})
    assert (answer.status, answer.body) == (307, None)
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}" == "http://localhost:8001"
    stream = Stream(streaming.port, None, path=f"{target.path}?{target.query}").open()
    assert stream.status == 200


def test_a_web_process_refuses_as_the_stream_does(api: Api) -> None:
    assert Api(None).get("/stream").status == 401
    assert api.get("/stream", Last_Event_ID="x").status == 422
    assert api.get("/stream", Accept="application/json").status == 406


def test_a_web_process_that_knows_no_stream_says_who_can_mend_it(api: Api, settings: Any) -> None:
    settings.STREAM_URL = ""
    answer = api.get("/stream")
    assert (answer.status, answer.kind) == (503, "unavailable")
    assert "run_stream" in answer.body["detail"]


def test_keys_are_found_by_their_ids_as_by_their_secrets(acme: TenantIdentity) -> None:
    key = ApiKey.objects.get(prefix=make_key(acme)[:14])
    assert identity.by_key_id(key.id) == identity.by_digest(bytes(key.digest))
