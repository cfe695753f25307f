"""Viewers see what happens, but not to whom, and not what was said."""

import pytest
from django.test import Client

from delivery.models import Attempt, DeadLetter, Receipt, SandboxMessage, UnmatchedReceipt
from notifications.models import Delivery, Notification, Recipient, Suppression
from signalbus.core import personal
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.roles import Role
from tests.console.lost import make_unmatched
from tests.console.people import at_console
from tests.console.stories import make_story
from tests.door import Api
from tests.make import make_key, make_recipient, make_suppression
from tests.tenants.test_own_keys import make_own

ANA, MASKED = "ana@example.org", "a**@example.org"
ZOE = "zoe@example.org"
SECRETS = (ANA, ZOE, "+33612345678", "hunter-2-2", "Rue Cler", "Hello you")


@pytest.fixture
def story(acme: TenantIdentity) -> Notification:
    """Everything that can name a person, or say what was said to one."""
    row = make_story(
        acme,
        recipient_ref=ANA,
        data={"street": "Rue Cler", "code": "hunter-2-2"},
        content={"subject": "Hello you", "text": "Hello you"},
    )
    make_recipient(acme, ANA, email=ANA, phone="+33612345678", attributes={"street": "Rue Cler"})
    make_suppression(acme, ANA, note=f"{ANA} asked")
    make_unmatched(acme, raw={"to": ZOE}, detail=f"550 no {ZOE} here")
    with in_tenant(acme):
        told = {"detail": f"550 no {ZOE} here"}
        Attempt.objects.update(**told)
        Receipt.objects.update(**told)
        Delivery.objects.update(**told)
        DeadLetter.objects.update(reason=told["detail"])
    return row


def _pages(acme: TenantIdentity, story: Notification) -> list[str]:
    with in_tenant(acme):
        rows = {
            "notifications/notification": story.pk,
            "notifications/recipient": Recipient.objects.get().pk,
            "notifications/suppression": Suppression.objects.get().pk,
            "delivery/deadletter": DeadLetter.objects.get().pk,
            "delivery/sandboxmessage": _sandboxed(),
            "delivery/unmatchedreceipt": UnmatchedReceipt.objects.get(delivery=None).pk,
        }
    lists = [f"/admin/{name}/" for name in rows]
    searches = [f"{page}?q={ANA}" for page in lists]
    return ["/admin/", *lists, *searches, *(f"/admin/{n}/{pk}/change/" for n, pk in rows.items())]


def _sandboxed() -> object:
    SandboxMessage.objects.update(subject="Hello you", text="Hello you", html="<b>Hello you</b>")
    return SandboxMessage.objects.get().pk


def test_no_page_tells_a_viewer_who_or_what(acme: TenantIdentity, story: Notification) -> None:
    client = at_console(acme, Role.VIEWER)
    for page in _pages(acme, story):
        answer = client.get(page)
        assert answer.status_code == 200, page
        shown = _without_search(answer.content.decode(), page)
        assert not [secret for secret in SECRETS if secret in shown], page


def _without_search(shown: str, page: str) -> str:
    """What was searched for stands in the search box, and in links to the same search."""
    if "?q=" not in page:
        return shown
    for form in (f'value="{ANA}"', f"q={ANA}", f"“{ANA}”", "q=ana%40example.org"):
        shown = shown.replace(form, "")
    return shown


def test_an_editor_sees_all_of_it(acme: TenantIdentity, story: Notification) -> None:
    client = at_console(acme, Role.EDITOR)
    shown = "".join(client.get(page).content.decode() for page in _pages(acme, story))
    assert [secret for secret in SECRETS if secret not in shown] == []


def test_addresses_are_masked_as_in_the_api(acme: TenantIdentity, story: Notification) -> None:
    client = at_console(acme, Role.VIEWER)
    for page in (
        f"/admin/notifications/notification/{story.pk}/change/",
        "/admin/notifications/suppression/",
        "/admin/notifications/recipient/",
        "/admin/delivery/sandboxmessage/?mode=live",
    ):
        assert MASKED in client.get(page).content.decode(), page


def test_the_file_of_suppressions_is_masked(acme: TenantIdentity, story: Notification) -> None:
    path = "/admin/notifications/suppression/export/"
    viewers = at_console(acme, Role.VIEWER).get(path).getvalue().decode()
    assert MASKED in viewers
    assert ANA not in viewers
    assert ANA in at_console(acme, Role.EDITOR).get(path).getvalue().decode()


@pytest.mark.parametrize("page", ["recipient", "suppression"])
def test_the_history_of_people_is_not_for_viewers(
    acme: TenantIdentity, story: Notification, page: str
) -> None:
    """What is told of changes names addresses as they were."""
    model = Recipient if page == "recipient" else Suppression
    with in_tenant(acme):
        pk = model.objects.get().pk
    path = f"/admin/notifications/{page}/{pk}/history/"
    viewer = at_console(acme, Role.VIEWER)
    refused = viewer.get(path)
    assert path.encode() not in viewer.get(path.replace("history", "change")).content
    assert refused.status_code == 403
    assert b"This needs the role editor" in refused.content
    editor = at_console(acme, Role.EDITOR)
    assert path.encode() in editor.get(path.replace("history", "change")).content
    assert editor.get(path).status_code == 200


def test_a_request_leaves_nothing_hidden_behind(acme: TenantIdentity) -> None:
    at_console(acme, Role.VIEWER).get("/admin/")
    assert personal.sees()


def _answers(api: Api, story: Notification) -> str:
    found = (
        api.get(f"/notifications/{story.pk}", {"include": "content"}),
        api.get("/notifications", {"to": ANA}),
        api.get("/recipients"),
        api.get(f"/recipients/{ANA}"),
        api.get("/suppressions"),
        api.get("/suppressions/export"),
        api.get("/dead-letters"),
        api.get("/sandbox/messages"),
    )
    assert [each.status for each in found] == [200] * len(found)
    return "".join(each.response.getvalue().decode() for each in found)


def test_no_answer_tells_a_viewers_key_who_or_what(
    acme: TenantIdentity, story: Notification
) -> None:
    with in_tenant(acme):
        _sandboxed()
    _, api = make_own(acme, Role.VIEWER, scopes=("read",))
    shown = _answers(api, story)
    assert [secret for secret in SECRETS if secret in shown] == []
    assert MASKED in shown
    assert "not shown to viewers" in shown


def test_other_keys_see_all_of_it(acme: TenantIdentity, story: Notification) -> None:
    with in_tenant(acme):
        _sandboxed()
    _, own = make_own(acme, Role.EDITOR, scopes=("read",))
    for api in (own, Api(make_key(acme))):
        shown = _answers(api, story)
        assert {ANA, ZOE, "+33612345678", "Rue Cler", "Hello you"} <= {
            secret for secret in SECRETS if secret in shown
        }


def test_two_tenants_roles_are_their_own(
    console: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    """olga owns acme and only looks at globex."""
    viewer = at_console(globex, Role.VIEWER, "olga")
    add = "/admin/notifications/policy/add/"
    assert viewer.get(add).status_code == 403
    assert console.get(add).status_code == 200
