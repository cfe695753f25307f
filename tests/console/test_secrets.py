"""Keys and credentials: shown once or never."""

from django.test import Client

from delivery.models import ProviderAccount
from delivery.providers import registry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey
from tests.door import Api


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
        shown = console.get(f"/admin/tenants/apikey/{page}", follow=True)
        assert secret.encode() not in shown.content
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
        assert b"hunter2" not in console.get(f"{listing}{url}", follow=True).content
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
