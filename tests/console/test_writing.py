"""What operators write: templates, policies, people, and tests of them."""

from django.test import Client

from notifications.models import Delivery, Notification, Policy, Recipient, Suppression
from notifications.states import Status
from templates_app.models import Template, TemplateVersion
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_policy, make_template

LIST = "/admin/notifications/notification/"


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


def test_a_new_template_leads_on_to_its_first_text(console: Client, acme: TenantIdentity) -> None:
    new = "/admin/templates_app/template/add/"
    assert b"a-z, 0-9, dots, hyphens" in console.get(new).content
    answer = console.post(new, {"name": "parcel", "description": ""}, follow=True)
    assert b"The template parcel is there. Write its first text now." in answer.content
    page = answer.redirect_chain[-1][0]
    with in_tenant(acme):
        template = Template.objects.get(name="parcel")
    assert page == f"/admin/templates_app/template/{template.id}/versions/add/"
    text = {"channel": "sms", "locale": "en", "text": "Hello"}
    assert b"Version 1 is saved as a draft" in console.post(page, text, follow=True).content
    said = console.post(page, {**text, "publish": ""}, follow=True).content
    assert b"Version 2 is published" in said


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
