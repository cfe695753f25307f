"""Notices: listed, lifted by somebody, and what follows from that."""

from typing import Any
from uuid import uuid4

import pytest

from notifications import lifting, notices
from notifications.models import Notice
from notifications.notices import Kind, Severity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_key, make_notice


@pytest.fixture
def consequences(monkeypatch: pytest.MonkeyPatch) -> list[Notice]:
    """The notices that something followed from."""
    followed: list[Notice] = []
    monkeypatch.setitem(lifting._consequences, "flood", followed.append)
    return followed


def test_notices_are_listed_newest_first(api: Api, acme: TenantIdentity) -> None:
    first = make_notice(acme)
    second = make_notice(acme, kind="flood")
    found = api.get("/notices").body["results"]
    assert [each["id"] for each in found] == [str(second.id), str(first.id)]
    assert found[1]["kind"] == "bounces"
    assert (found[1]["severity"], found[1]["subject"]) == ("stopped", "email.bulk")
    assert (found[1]["lifted_at"], found[1]["lifted_by"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({"open": "true"}, ["flood"]),
        ({"open": "false"}, ["bounces"]),
        ({"kind": "flood"}, ["flood"]),
        ({"kind": "bounces", "open": "true"}, []),
        ({"subject": "sms.bulk"}, ["flood"]),
    ],
)
def test_filters(api: Api, acme: TenantIdentity, query: dict[str, str], kinds: list[str]) -> None:
    lifted = make_notice(acme)
    make_notice(acme, kind="flood", subject="sms.bulk")
    api.post(f"/notices/{lifted.id}/lift")
    assert [each["kind"] for each in api.get("/notices", query).body["results"]] == kinds


def test_lifting_names_who_did_it_and_lets_go_on(
    api: Api, acme: TenantIdentity, consequences: list[Notice]
) -> None:
    notice = make_notice(acme, kind="flood")
    answer = api.post(f"/notices/{notice.id}/lift")
    assert answer.status == 200
    assert answer.body["lifted_at"] is not None
    assert answer.body["lifted_by"].startswith("key ")
    assert [each.id for each in consequences] == [notice.id]
    assert api.get(f"/notices/{notice.id}").body == answer.body


def test_lifting_twice_changes_nothing(
    api: Api, acme: TenantIdentity, consequences: list[Notice]
) -> None:
    notice = make_notice(acme, kind="flood")
    first = api.post(f"/notices/{notice.id}/lift").body
    assert api.post(f"/notices/{notice.id}/lift").body == first
    assert len(consequences) == 1


def test_what_fails_to_follow_leaves_the_notice_open(
    api: Api, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(notice: Notice) -> None:
        raise RuntimeError("no database")

    monkeypatch.setitem(lifting._consequences, "flood", fail)
    notice = make_notice(acme, kind="flood")
    assert api.post(f"/notices/{notice.id}/lift").status == 500
    with in_tenant(acme):
        assert Notice.objects.get().lifted_at is None


def test_another_tenants_notice_is_not_there(
    api: Api, globex: TenantIdentity, consequences: list[Notice]
) -> None:
    theirs = make_notice(globex, kind="flood")
    assert api.get("/notices").body["results"] == []
    assert api.get(f"/notices/{theirs.id}").status == 404
    assert api.post(f"/notices/{theirs.id}/lift").status == 404
    assert consequences == []


def test_an_unknown_notice_is_not_there(api: Api) -> None:
    assert api.post(f"/notices/{uuid4()}/lift").status == 404


@pytest.mark.parametrize(
    "key", [{"mode": "test"}, {"scopes": ("read", "send")}], ids=["test", "no scope"]
)
def test_who_may_not_lift(acme: TenantIdentity, key: dict[str, Any]) -> None:
    notice = make_notice(acme)
    api = Api(make_key(acme, **key))
    assert api.get(f"/notices/{notice.id}").status == 200
    assert api.post(f"/notices/{notice.id}/lift").status == 403


def test_of_a_kind_and_subject_one_is_open(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        for text in ("first", "second", "second"):
            notices.open_notice(Kind.FLOOD, "sms.bulk", Severity.WARNING, text)
        notice = Notice.objects.get()
    assert (notice.text, notice.severity) == ("second", "warning")
