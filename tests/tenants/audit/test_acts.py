"""Whatever is done, not only what is changed, stands in the log, once, by whoever did it."""

from collections.abc import Callable
from typing import Any

import pytest

from delivery import breaker_reset, dead_letters, redrives
from delivery.breaker import breakers
from delivery.redrives import Order, RedriveFilter
from notifications.lifting import lift_notice
from notifications.models import Suppression
from templates_app import services
from templates_app.services import Content
from tenants import suspension
from tenants.audit import notes
from tenants.audit.acts import Act
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import invitations, logins
from tenants.roles import Role
from tests.delivery.history_rows import make_letter, make_sent
from tests.door import Api
from tests.make import make_account, make_notice, make_template
from tests.tenants.audit.logged import acts, entries, last


def _acts_of(tenant: TenantIdentity, work: Callable[[], Any]) -> list[str]:
    """What the work adds to the tenant's log."""
    before = len(acts(tenant))
    with in_tenant(tenant):
        work()
    return acts(tenant)[before:]


def test_cancelling_redriving_and_settling(api: Api, acme: TenantIdentity) -> None:
    for status, path, body, act in (
        ("queued", "cancel", None, Act.CANCEL),
        ("failed", "redrive", None, Act.REDRIVE),
        ("unknown", "settle", {"as": "delivered"}, Act.SETTLE),
    ):
        row = make_sent(acme, status=status)
        assert api.post(f"/notifications/{row.id}/{path}", body).status in {200, 202}
        entry = last(acme)
        assert entry.additional_data["act"] == act
        assert entry.object_pk == str(row.id)
        assert entry.additional_data["actor"].startswith("key sb_live_")


def test_what_is_refused_is_not_noted(api: Api, acme: TenantIdentity) -> None:
    row = make_sent(acme, status="delivered")
    before = acts(acme)
    assert api.post(f"/notifications/{row.id}/cancel").status == 409
    api.post(f"/notifications/{row.id}/redrive")
    assert acts(acme) == before


def test_a_redrive_of_many_is_one_entry_that_names_nobody(acme: TenantIdentity) -> None:
    make_sent(acme, status="dead", recipient_ref="ana@example.org")
    wanted = RedriveFilter(recipient="ana@example.org")
    order = Order.of(mode="live", actor="olga", wanted=wanted, rate=1)
    begun: list[Any] = []
    assert _acts_of(acme, lambda: begun.append(redrives.begin(order))) == [Act.REDRIVE]
    assert "ana@example.org" not in last(acme).additional_data["detail"]
    stop = begun[0].redrive.id
    assert _acts_of(acme, lambda: redrives.stop("live", stop, "olga")) == [Act.STOP]


def test_each_letter_that_is_acknowledged(acme: TenantIdentity) -> None:
    letters = []
    for _ in range(2):
        row = make_sent(acme, status="dead")
        with in_tenant(acme):
            delivery = row.deliveries.get()
        letters.append(make_letter(acme, delivery).id)
    once = _acts_of(acme, lambda: dead_letters.acknowledge(letters, "olga"))
    assert once == [Act.ACKNOWLEDGE] * 2
    assert _acts_of(acme, lambda: dead_letters.acknowledge(letters, "olga")) == []


def test_lifting_a_notice(acme: TenantIdentity) -> None:
    notice = make_notice(acme)
    assert _acts_of(acme, lambda: lift_notice(notice.id, "olga")) == [Act.LIFT]
    assert _acts_of(acme, lambda: lift_notice(notice.id, "olga")) == []


def test_closing_a_breaker(acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch) -> None:
    account = make_account(acme)
    monkeypatch.setattr(type(breakers()), "reset", lambda *_: True)
    done = _acts_of(acme, lambda: breaker_reset.close_now(account.id, "email", acme.id))
    assert done == [Act.CLOSE_BREAKER]
    assert last(acme).object_repr == account.name


def test_publishing_tells_which_version(acme: TenantIdentity) -> None:
    template = make_template(acme)
    text = Content(channel="sms", locale="en", text="Hi")
    with in_tenant(acme):
        version = services.add_version(template, text)
    assert _acts_of(acme, lambda: services.publish_version(version)) == [Act.PUBLISH]
    entry = last(acme)
    assert (entry.object_pk, entry.additional_data["detail"]) == (str(template.id), "sms en v2")


def test_files_of_suppressions(api: Api, acme: TenantIdentity) -> None:
    file = b"channel,address\r\nemail,ana@example.org\r\n"
    assert api.raw("POST", "/suppressions/import", file, "text/csv").status == 200
    assert api.get("/suppressions/export").status == 200
    assert acts(acme)[-2:] == [Act.IMPORT, Act.EXPORT]
    assert last(acme).content_type.model_class() is Suppression


def test_suspending_a_tenant_stands_in_both_logs(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    suspension.suspend(acme.id, "The invoice of May is open.")
    suspension.resume(acme.id)
    assert acts() == acts(acme) == [Act.SUSPEND, Act.RESUME]
    assert last(acme).additional_data["detail"] == "The invoice of May is open."
    assert entries(globex) == []


def test_operators_and_their_invitations(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", "a-long-enough-password")
        logins.create_operator("omar", "a-long-enough-password", role=Role.VIEWER)
        omar = int(last(acme).object_pk)
        invited = invitations.invite("ana@example.org", Role.VIEWER, "olga").invitation
    assert _acts_of(acme, lambda: logins.set_role(omar, Role.EDITOR, by=0)) == [Act.CHANGE]
    assert last(acme).changes == {"console: role": ["viewer", "editor"]}
    assert last(acme).object_repr == "omar"
    assert _acts_of(acme, lambda: logins.deactivate(omar, by=0)) == [Act.DEACTIVATE]
    assert _acts_of(acme, lambda: logins.activate(omar)) == [Act.ACTIVATE]
    assert _acts_of(acme, lambda: invitations.revoke(invited)) == [Act.REVOKE]


def test_what_cannot_be_noted_is_not_done(
    acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    notice = make_notice(acme)
    monkeypatch.setattr(notes, "_entry", fail)
    with pytest.raises(RuntimeError):
        _acts_of(acme, lambda: lift_notice(notice.id, "olga"))
    with in_tenant(acme):
        notice.refresh_from_db()
    assert notice.lifted_at is None
