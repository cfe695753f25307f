"""What operators do: each act calls the service that the API calls."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from delivery.models import DeadLetter, ProviderAccount, SandboxMessage
from delivery.providers import registry
from notifications.models import Action, Delivery, Notification, Policy, Recipient, Suppression
from notifications.states import Status
from signalbus.bus.models import OutboxEntry
from templates_app.models import Template, TemplateVersion
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey, Domain, State, Tenant
from tenants.operators import logins
from tests.console.conftest import PASSWORD, browser
from tests.console.stories import make_delivery, make_notification, make_story
from tests.door import Api
from tests.make import make_policy, make_template

LIST = "/admin/notifications/notification/"


def _reload(tenant: TenantIdentity, row: Notification) -> Notification:
    with in_tenant(tenant):
        row.refresh_from_db()
    return row


def test_cancel(console: Client, acme: TenantIdentity) -> None:
    row = make_notification(acme)
    make_delivery(acme, row)
    answer = console.post(f"{LIST}{row.id}/cancel/", follow=True)
    assert b"Cancelled: 1 delivery." in answer.content
    assert _reload(acme, row).status == Status.CANCELLED
    assert not OutboxEntry.objects.exists()
    with in_tenant(acme):
        assert Action.objects.get().actor == "user olga"
    again = console.post(f"{LIST}{row.id}/cancel/", follow=True)
    assert b"Nothing of it waits any more" in again.content


def test_redrive(console: Client, acme: TenantIdentity) -> None:
    row = make_story(acme)
    answer = console.post(f"{LIST}{row.id}/redrive/", follow=True)
    assert b"In the line again: 1 delivery." in answer.content
    assert _reload(acme, row).status == Status.QUEUED
    assert OutboxEntry.objects.count() == 1


def test_acts_need_a_post(console: Client, acme: TenantIdentity) -> None:
    row = make_story(acme)
    assert console.get(f"{LIST}{row.id}/redrive/").status_code == 405
    assert _reload(acme, row).status == Status.DEAD


def test_acts_on_many(console: Client, acme: TenantIdentity) -> None:
    dead = [make_story(acme), make_story(acme, mode="test")]
    chosen = {"action": "redrive_selected", "_selected_action": [row.id for row in dead]}
    console.post(LIST, chosen)
    assert [_reload(acme, row).status for row in dead] == [Status.QUEUED, Status.DEAD]
    console.post(f"{LIST}?mode=test", chosen)
    assert _reload(acme, dead[1]).status == Status.QUEUED
    console.post(LIST, {"action": "cancel_selected", "_selected_action": [dead[0].id]})
    assert _reload(acme, dead[0]).status == Status.CANCELLED


def test_dead_letters_are_acknowledged_and_redriven(console: Client, acme: TenantIdentity) -> None:
    first, second = make_story(acme), make_story(acme)
    with in_tenant(acme):
        letters = {
            letter.notification_id: letter.id for letter in DeadLetter.objects.order_by("id")
        }
    listing = "/admin/delivery/deadletter/"
    assert len(console.get(listing).context["cl"].result_list) == 2
    console.post(f"{listing}{letters[first.id]}/acknowledge/")
    console.post(f"{listing}{letters[second.id]}/redrive/")
    assert not console.get(listing).context["cl"].result_list
    assert len(console.get(f"{listing}?state=all").context["cl"].result_list) == 2
    assert _reload(acme, second).status == Status.QUEUED


def test_what_failed_is_told_with_the_providers_words_and_advice(
    console: Client, acme: TenantIdentity
) -> None:
    row = make_story(acme)
    told = {"error_class": "our_account", "error_code": "535", "detail": "5.7.8 Wrong password"}
    with in_tenant(acme):
        Delivery.objects.filter(notification=row).update(**told)
        DeadLetter.objects.update(error_class="our_account", reason="5.7.8 Wrong password")
        letter = DeadLetter.objects.get()
    for page in (f"{LIST}{row.id}/change/", f"/admin/delivery/deadletter/{letter.id}/change/"):
        content = console.get(page).content.decode()
        for part in ("our account", "535", "5.7.8 Wrong password", "Mend the provider account"):
            assert part in content, (page, part)


def test_what_is_on_its_way_again_needs_no_advice(console: Client, acme: TenantIdentity) -> None:
    row = make_notification(acme)
    make_delivery(acme, row, error_class="our_account", error_code="535")
    assert b"Mend the provider account" not in console.get(f"{LIST}{row.id}/change/").content


@pytest.mark.parametrize(
    "text", ["user-77", "cart-9", "Ana77@Example.org", "+33 6 12 34 56 77", "id", "delivery id"]
)
def test_search_finds_exactly(console: Client, acme: TenantIdentity, text: str) -> None:
    row = make_notification(acme, recipient_ref="user-77", correlation_id="cart-9")
    delivery = make_delivery(acme, row, address="ana77@example.org")
    make_delivery(acme, row, channel="sms", address="+33612345677")
    make_delivery(acme, make_notification(acme, recipient_ref="user-7"))
    term = {"id": str(row.id), "delivery id": str(delivery.id)}.get(text, text)
    found = console.get(LIST, {"q": term}).context["cl"].result_list
    assert [each.id for each in found] == [row.id]


def test_filters_and_modes(console: Client, acme: TenantIdentity) -> None:
    live = make_story(acme)
    test = make_notification(acme, mode="test", status=Status.DELIVERED)
    waiting = make_notification(acme)
    make_delivery(acme, waiting, channel="sms")

    def shown(**query: str) -> set[object]:
        return {row.id for row in console.get(LIST, query).context["cl"].result_list}

    assert shown() == {live.id, waiting.id}
    assert shown(mode="test") == {test.id}
    assert shown(status="dead") == {live.id}
    assert shown(channel="sms") == {waiting.id}
    assert shown(topic="order.shipped") == {live.id, waiting.id}
    assert shown(topic="other") == set()
    assert shown(span="hour") == set()


def test_a_test_is_sent_through_accept(console: Client, acme: TenantIdentity) -> None:
    make_policy(acme, "person.greeted")
    form = {
        "what": "policy:person.greeted",
        "email": "delivered@example.org",
        "data": '{"name": "Ana"}',
        "mode": "test",
    }
    answer = console.post("/admin/notifications/policy/send-test/", form)
    with in_tenant(acme):
        sent = Notification.objects.get()
        assert (sent.mode, sent.topic) == ("test", "person.greeted")
        assert Delivery.objects.filter(status=Status.QUEUED).count() == 1
    assert answer.headers["Location"] == f"{LIST}{sent.id}/change/"


def test_a_test_from_a_template_and_what_is_missing_in_it(
    console: Client, acme: TenantIdentity
) -> None:
    make_template(acme, "greeting")
    form = {"what": "template:greeting:sms", "phone": "+33612345678", "mode": "test"}
    page = "/admin/notifications/policy/send-test/"
    refused = console.post(page, {**form, "data": "{}"})
    assert b"/data/name" in refused.content
    assert console.post(page, {**form, "data": '{"name": "Ana"}'}).status_code == 302


def test_a_version_is_written_previewed_and_published(
    console: Client, acme: TenantIdentity
) -> None:
    template = make_template(acme, "greeting")
    add = f"/admin/templates_app/template/{template.id}/versions/add/"
    wrong = console.post(add, {"channel": "sms", "locale": "en", "text": "{% if %}"})
    assert wrong.status_code == 200
    console.post(add, {"channel": "sms", "locale": "fr_ca", "text": "Salut {{ name }}"})
    with in_tenant(acme):
        version = TemplateVersion.objects.get(locale="fr-CA")
    page = f"/admin/templates_app/template/versions/{version.id}/"
    assert b"Salut Zo" in console.get(page, {"data": '{"name": "Zoe"}'}).content
    assert not version.current
    console.post(f"{page}publish/")
    with in_tenant(acme):
        version.refresh_from_db()
    assert version.current


def test_policies_recipients_and_suppressions_take_what_the_api_takes(
    console: Client, acme: TenantIdentity
) -> None:
    make_template(acme, "greeting")
    with in_tenant(acme):
        template = Template.objects.get(name="greeting")
    rows = {"channels-TOTAL_FORMS": "1", "channels-INITIAL_FORMS": "0"}
    channel = {"channels-0-channel": "email", "channels-0-template": template.id}
    console.post(
        "/admin/notifications/policy/add/",
        {
            "topic": "a.b",
            "priority": "high",
            "enabled": "on",
            **rows,
            **channel,
            "channels-0-position": 0,
        },
    )
    contact = {"contacts-TOTAL_FORMS": "1", "contacts-INITIAL_FORMS": "0"}
    person = {"mode": "live", "external_id": "user-9", "attributes": "{}", "locale": "fr_ca"}
    address = {"contacts-0-channel": "email", "contacts-0-address": "Zoe@Example.org"}
    console.post("/admin/notifications/recipient/add/", {**person, **contact, **address})
    console.post(
        "/admin/notifications/suppression/add/",
        {"mode": "live", "channel": "sms", "address": "+33 6 12 34 56 78", "reason": "manual"},
    )
    wrong = console.post(
        "/admin/notifications/suppression/add/",
        {"mode": "live", "channel": "sms", "address": "12", "reason": "manual"},
    )
    assert b"not a phone number" in wrong.content
    with in_tenant(acme):
        assert Policy.objects.get(topic="a.b").channels.count() == 1
        person_row = Recipient.objects.get(external_id="user-9")
        assert person_row.locale == "fr-CA"
        assert person_row.contacts.get().address == "zoe@example.org"
        assert Suppression.objects.get().address == "+33612345678"


def test_a_new_key_is_shown_once_and_works(console: Client, acme: TenantIdentity) -> None:
    form = {"name": "orders", "mode": "live", "scopes": ["manage"]}
    shown = console.post("/admin/tenants/apikey/add/", form)
    assert shown.status_code == 200
    assert "no-store" in shown.headers["Cache-Control"]
    secret = shown.context["new"].secret
    assert secret.encode() in shown.content
    key = ApiKey.objects.get(name="orders")
    assert Api(secret).get("/api-keys").status == 200
    for page in ("", f"{key.id}/change/", f"{key.id}/history/"):
        assert secret.encode() not in console.get(f"/admin/tenants/apikey/{page}").content
    console.post(f"/admin/tenants/apikey/{key.id}/revoke/")
    assert Api(secret).get("/api-keys").status == 401


def test_credentials_are_written_and_never_shown(console: Client, acme: TenantIdentity) -> None:
    listing = "/admin/delivery/provideraccount/"
    form = {
        "name": "mail",
        "kind": "smtp",
        "channel": "email",
        "options__host": "mail.example.org",
        "options__from": "shop@example.org",
        "options__verify": "false",
        "credentials__username": "shop",
        "credentials__password": "hunter2-secret",
        "enabled": "on",
        "position": 0,
    }
    made = console.post(f"{listing}add/", form)
    assert made.status_code == 302, made.context["adminform"].form.errors
    with in_tenant(acme):
        account = ProviderAccount.objects.get(name="mail")
        assert account.credentials["password"] == "hunter2-secret"
        assert account.options["verify"] is False
        assert "tls" not in account.options
    page = console.get(f"{listing}{account.id}/change/").content
    assert page.count(b"Stored. Leave it empty to keep it.") == 2
    assert b"mail.example.org" in page
    for url in ("", f"{account.id}/change/", f"{account.id}/history/"):
        assert b"hunter2" not in console.get(f"{listing}{url}").content
    refused = console.post(f"{listing}{account.id}/change/", {**form, "options__host": ""})
    assert refused.status_code == 200
    assert b"hunter2" not in refused.content
    kept = {**form, "credentials__username": "", "credentials__password": "", "name": "post"}
    console.post(f"{listing}{account.id}/change/", kept)
    with in_tenant(acme):
        account.refresh_from_db()
        assert account.name == "post"
        assert account.credentials["password"] == "hunter2-secret"
    console.post(f"{listing}{account.id}/change/", {**kept, "forget_credentials": "on"})
    with in_tenant(acme):
        account.refresh_from_db()
        assert not account.credentials


def test_an_account_is_checked_by_its_kind(console: Client) -> None:
    add = "/admin/delivery/provideraccount/add/"
    smtp = {"name": "two", "kind": "smtp", "channel": "email", "position": 0}
    errors = console.post(add, smtp).context["adminform"].form.errors
    assert errors["options__host"] == ["This field is required."]
    wrong = {**smtp, "options__host": "h", "options__from": "nobody", "options__port": "70000"}
    errors = console.post(add, wrong).context["adminform"].form.errors
    assert errors["options__port"] == ["Port must be at most 65535."]
    assert "mail address" in errors["options__from"][0]
    twilio = {"name": "three", "kind": "twilio", "channel": "sms", "position": 0}
    secrets = {"credentials__account_sid": "AC1", "credentials__auth_token": "t"}
    answer = console.post(add, {**twilio, **secrets})
    assert b"Fill in Sender or Messaging service." in answer.content


def test_each_kind_of_account_has_its_own_form(console: Client) -> None:
    for kind in registry.kinds():
        page = console.get("/admin/delivery/provideraccount/add/", {"kind": kind.name})
        shown = page.context["adminform"].form.fields
        names = {f"options__{each.name}" for each in kind.options}
        names |= {f"credentials__{each.name}" for each in kind.credentials}
        assert names == {name for name in shown if "__" in name}


def test_messages_are_shown_in_a_sandboxed_frame(console: Client, acme: TenantIdentity) -> None:
    content = {"subject": "Hi", "html": "<script>alert(1)</script><b>x</b>"}
    row = make_story(acme, content=content)
    with in_tenant(acme):
        message = SandboxMessage.objects.get()
    for url in (f"{LIST}{row.id}/change/", f"/admin/delivery/sandboxmessage/{message.id}/change/"):
        page = console.get(url).content.decode()
        assert 'sandbox=""' in page
        assert "<script>alert" not in page


def test_the_platform_makes_suspends_and_resumes_tenants(platform: Client) -> None:
    form = {
        "name": "initech",
        "domain": "initech.localhost",
        "operator": "irma",
        "default_locale": "en",
        "time_zone": "UTC",
    }
    made = platform.post("/admin/tenants/tenant/add/", form)
    assert made.status_code == 200
    tenant = Tenant.objects.get(name="initech")
    assert "no-store" in made.headers["Cache-Control"]
    log_in = {"username": "irma", "password": made.context["operator"].password}
    assert browser("initech.localhost").post("/admin/login/", log_in).status_code == 302
    twice = platform.post("/admin/tenants/tenant/add/", {**form, "domain": "other.localhost"})
    assert b"exists already" in twice.content
    page = f"/admin/tenants/tenant/{tenant.pk}/"
    platform.post(f"{page}suspend/", {"reason": ""})
    assert Tenant.objects.get(name="initech").state == State.ACTIVE
    platform.post(f"{page}suspend/", {"reason": "unpaid"})
    assert identity.by_name("initech").suspension_reason == "unpaid"
    platform.post(f"{page}resume/")
    assert identity.by_name("initech").state == State.ACTIVE
    told = platform.get(f"{page}history/").content
    assert b"Suspend: unpaid" in told
    assert b"Resume" in told
    key = {"name": "k", "mode": "test", "scopes": ["read"], "tenant": tenant.pk}
    assert platform.post("/admin/tenants/apikey/add/", key).status_code == 200
    assert ApiKey.objects.get().tenant_id == tenant.pk


def test_a_template_that_deliveries_wait_for_is_not_deleted(
    console: Client, api: Api, acme: TenantIdentity
) -> None:
    template = make_template(acme)
    asked = {"channel": "email", "to": "ana@example.org", "template": "greeting"}
    waiting = api.post("/notifications", {**asked, "data": {"name": "Ana"}}).body["id"]
    address = f"/admin/templates_app/template/{template.id}/delete/"
    page = console.post(address, {"post": "yes"}, follow=True)
    assert b"deliveries that wait to be sent" in page.content
    with in_tenant(acme):
        assert Template.objects.filter(id=template.id).exists()
    assert api.post(f"/notifications/{waiting}/cancel").status == 200
    console.post(address, {"post": "yes"})
    with in_tenant(acme):
        assert not Template.objects.filter(id=template.id).exists()


def test_a_tenant_that_cannot_have_its_first_user_is_not_made(platform: Client) -> None:
    form = {"name": "hooli", "domain": "hooli.localhost", "operator": "no good!"}
    refused = platform.post(
        "/admin/tenants/tenant/add/", {**form, "default_locale": "en", "time_zone": "UTC"}
    )
    assert b"Enter a valid username" in refused.content
    assert not Tenant.objects.filter(name="hooli").exists()


def test_a_tenant_keeps_its_last_and_its_primary_domain(
    platform: Client, acme: TenantIdentity
) -> None:
    only = Domain.objects.get(tenant_id=acme.id)
    address = "/admin/tenants/domain/{}/delete/"
    refused = platform.post(address.format(only.pk), {"post": "yes"}, follow=True)
    assert b"is the only domain of acme" in refused.content
    second = Domain.objects.create(tenant_id=acme.id, domain="more.localhost", is_primary=False)
    refused = platform.post(address.format(only.pk), {"post": "yes"}, follow=True)
    assert b"is the primary domain of acme" in refused.content
    platform.post(address.format(second.pk), {"post": "yes"})
    assert Domain.objects.get(tenant_id=acme.id) == only
    told = platform.get(f"/admin/tenants/tenant/{acme.id}/history/").content
    assert b"Domain more.localhost deleted" in told


def test_users_are_deactivated_but_not_oneself(console: Client, acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("otto", PASSWORD)
        olga, otto = (User.objects.get(username=name) for name in ("olga", "otto"))
    users = "/admin/auth/user/"
    assert console.post(f"{users}{otto.pk}/delete/", {"post": "yes"}).status_code == 403
    refused = console.post(f"{users}{olga.pk}/deactivate/", follow=True)
    assert b"Nobody can deactivate their own log-in" in refused.content
    console.post(f"{users}{otto.pk}/deactivate/")
    with in_tenant(acme):
        assert list(User.objects.filter(is_active=True)) == [olga]
        with pytest.raises(logins.OperatorError, match="last log-in"):
            logins.deactivate(olga.pk, by=otto.pk)
    console.post(f"{users}{otto.pk}/activate/")
    assert b"Deactivate" in console.get(f"{users}{otto.pk}/history/").content
    with in_tenant(acme):
        assert User.objects.filter(is_active=True).count() == 2
