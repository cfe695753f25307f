"""What pages say of things that people know by other names than programs."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from delivery.providers.registry import label_of
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import Domain
from tests.bus.line import put
from tests.console.stories import make_story
from tests.make import make_account

ACCOUNTS = "/admin/delivery/provideraccount/"


def test_providers_are_called_as_people_call_them(console: Client, acme: TenantIdentity) -> None:
    assert (label_of("amazon_ses"), label_of("unheard_of")) == ("Amazon SES", "unheard_of")
    account = make_account(acme, "amazon_ses", options={"from": "a@example.org"})
    make_story(acme)
    for page in (ACCOUNTS, f"{ACCOUNTS}{account.pk}/change/", "/admin/"):
        shown = console.get(page).content.decode()
        assert "Amazon SES" in shown, page
        assert ">amazon_ses<" not in shown, page


def test_a_story_names_the_provider(console: Client, acme: TenantIdentity) -> None:
    story = make_story(acme)
    page = console.get(f"/admin/notifications/notification/{story.id}/change/").content.decode()
    assert "<td>Simulator</td>" in page


def test_a_users_page_shows_nothing_of_the_password(console: Client, acme: TenantIdentity) -> None:
    with in_tenant(acme):
        olga = User.objects.get(username="olga")
    page = console.get(f"/admin/auth/user/{olga.pk}/change/").content.decode()
    assert f'href="/admin/auth/user/{olga.pk}/password/"' in page
    for word in ("iterations", "salt", "hash"):
        assert f"<strong>{word}" not in page


def test_a_domain_is_the_primary_one_or_a_further_one(
    platform: Client, acme: TenantIdentity
) -> None:
    more = Domain.objects.create(tenant_id=acme.id, domain="more.localhost", is_primary=False)
    page = platform.get("/admin/tenants/domain/?q=more").content.decode()
    more.delete()
    assert ">further</span>" in page
    assert ">primary</span>" not in page


def test_an_entry_of_the_outbox_is_told_in_words(platform: Client, acme: TenantIdentity) -> None:
    entry, account = put(2, tenant=acme.id)
    soon = timezone.now() + timedelta(minutes=4)
    rows = OutboxEntry.objects.filter(id=entry)
    rows.update(reason="rate_limit", reserved_account=account, reserved_at=soon, body={"why": "x"})
    page = platform.get(f"/admin/bus/outboxentry/{entry}/change/").content.decode()
    for words in ("acme", "rate limit", str(account), "in 3 min", "&quot;why&quot;: &quot;x&quot;"):
        assert words in page, words


def test_pages_of_a_package_lead_to_the_overview(console: Client, platform: Client) -> None:
    assert console.get("/admin/delivery/").headers["Location"] == "/admin/"
    assert platform.get("/admin/tenants/").headers["Location"] == "/admin/"
