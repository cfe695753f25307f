"""The audit log in the consoles: for owners, with filters, and in place of objects' histories."""

import pytest
from django.test import Client

from notifications.models import Policy
from tenants import suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tenants.roles import Role
from tests.console.conftest import PASSWORD, browser, logged_in
from tests.console.people import at_console
from tests.door import Api
from tests.make import make_policy, make_template
from tests.tenants.audit.logged import acts, entries, last

LIST = "/admin/auditlog/logentry/"


def _shown(client: Client, **query: str) -> list[str]:
    page = client.get(LIST, query)
    assert page.status_code == 200
    return [row.object_repr for row in page.context["cl"].result_list]


@pytest.fixture
def policy(acme: TenantIdentity, api: Api) -> Policy:
    """Made by a test, changed by a key."""
    row = make_policy(acme)
    api.patch("/policies/person.greeted", {"priority": "high"}, x_request_id="asked-1")
    return row


def test_a_change_in_the_console_names_the_user_and_the_address(
    console: Client, acme: TenantIdentity
) -> None:
    page = "/admin/templates_app/template/add/"
    form = {
        "name": "parcel",
        "description": "",
        "channel": "sms",
        "locale": "en",
        "subject": "",
        "text": "Hello",
        "html": "",
    }
    assert console.post(page, form).status_code == 302
    entry = last(acme)
    assert entry.object_repr == "parcel"
    assert entry.additional_data["actor"] == "olga"
    assert entry.remote_addr == "127.0.0.1"
    assert entry.cid


def test_filters_find_their_own(console: Client, policy: Policy, acme: TenantIdentity) -> None:
    key = last(acme, act="change").additional_data["actor"]
    for query in (
        {"who": key},
        {"act": "change", "kind": "policy", "who": key},
        {"q": "asked-1"},
        {"q": key},
        {"days": "1", "who": key},
    ):
        assert _shown(console, **query) == ["person.greeted"], query
    assert "person.greeted" not in _shown(console, who="olga")
    assert set(_shown(console, object=f"policy:{policy.pk}")) == {"person.greeted"}
    assert _shown(console, object="policy:nonsense") == _shown(console, kind="nonsense") == []


def test_an_entry_shows_before_and_after(
    console: Client, policy: Policy, acme: TenantIdentity
) -> None:
    page = console.get(f"{LIST}{last(acme, act='change').pk}/change/").content.decode()
    assert '<del class="sb-diff-gone">normal</del>' in page
    assert '<ins class="sb-diff-new">high</ins>' in page
    assert f"/admin/notifications/policy/{policy.pk}/change/" in page


def test_the_history_of_an_object_is_its_log(console: Client, policy: Policy) -> None:
    history = console.get(f"/admin/notifications/policy/{policy.pk}/history/", follow=True)
    assert {row.object_pk for row in history.context["cl"].result_list} == {str(policy.pk)}


@pytest.mark.parametrize("role", list(Role))
def test_the_log_is_for_owners(acme: TenantIdentity, policy: Policy, role: Role) -> None:
    client = at_console(acme, role)
    entry = f"{LIST}{last(acme).pk}/change/"
    expected = 200 if role == Role.OWNER else 403
    assert [client.get(LIST).status_code, client.get(entry).status_code] == [expected] * 2


def test_nobody_changes_it(console: Client, policy: Policy, acme: TenantIdentity) -> None:
    entry = f"{LIST}{last(acme).pk}/"
    before = entries(acme)
    assert console.post(f"{entry}change/", {"object_repr": "x"}).status_code == 403
    assert console.post(f"{entry}delete/", {"post": "yes"}).status_code == 403
    assert console.get(f"{LIST}add/").status_code == 403
    assert entries(acme) == before


def test_log_ins_and_refused_ones(acme: TenantIdentity, globex: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD)
    made = len(acts(acme))
    client = logged_in("acme.localhost")
    client.post("/admin/logout/")
    for name in ("olga", "hunter-2-2"):
        wrong = {"username": name, "password": "not-the-password"}
        browser("acme.localhost").post("/admin/login/", wrong)
    told = entries(acme)[made:]
    assert [each.additional_data["act"] for each in told] == [
        *("log in", "log out"),
        *("log in refused", "log in refused"),
    ]
    assert [each.object_repr for each in told] == ["olga", "olga", "olga", ""]
    shown = str([vars(each) for each in told])
    assert "hunter" not in shown
    assert "not-the-password" not in shown
    assert entries(globex) == []


def test_a_viewer_cannot_come_by_another_tenants_log(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    make_template(globex, "theirs")
    entry = last(globex)
    client = at_console(acme, Role.OWNER)
    assert "theirs" not in _shown(client)
    page = client.get(f"{LIST}{entry.pk + 1000}/change/")
    assert page.status_code == 302


def test_the_platform_has_a_log_of_its_own(platform: Client, acme: TenantIdentity) -> None:
    make_policy(acme, "ours.only")
    suspension.suspend(acme.id, "unpaid")
    assert _shown(platform, kind="tenant") == ["acme"]
    assert "ours.only" not in _shown(platform)
