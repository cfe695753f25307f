"""The doors of provider accounts: kept up by whoever makes and removes accounts."""

import importlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from signalbus import demo_data
from signalbus.core import timed_cache
from tenants import doors
from tenants.context import in_tenant
from tenants.models import AccountDoor
from tests.door import Api
from tests.make import make_account

ACCOUNT = {"name": "Mailhost", "kind": "simulator", "channel": "email"}


def test_the_api_opens_and_closes_them(acme: Any, api: Api):
    made = api.post("/provider-accounts", ACCOUNT)
    (door,) = AccountDoor.objects.all()
    assert (str(door.account_id), door.tenant_id) == (made.body["id"], acme.id)
    api.patch(f"/provider-accounts/{made.body['id']}", {"enabled": False})
    assert AccountDoor.objects.count() == 1
    api.delete(f"/provider-accounts/{made.body['id']}")
    assert AccountDoor.objects.count() == 0


def test_the_demo_opens_them(acme: Any):
    with in_tenant(acme):
        demo_data._add_accounts()
    assert AccountDoor.objects.filter(tenant=acme.id).count() == len(demo_data.ACCOUNTS)


def test_each_leads_to_its_tenant(acme: Any, globex: Any):
    for tenant in (acme, globex):
        account = make_account(tenant)
        assert doors.tenant_of(account.id) == tenant
    assert doors.tenant_of(uuid4()) is None


def test_the_last_receipt_is_noted_to_the_minute(acme: Any):
    account, now = make_account(acme), timezone.now()
    doors.note_receipt(account.id, now)
    doors.note_receipt(account.id, now + timedelta(minutes=2))
    timed_cache.clear_all()
    doors.note_receipt(account.id, now + timedelta(seconds=30))
    assert doors.last_receipts([account.id]) == {account.id: now}
    timed_cache.clear_all()
    doors.note_receipt(account.id, now + timedelta(minutes=2))
    assert doors.last_receipts([account.id]) == {account.id: now + timedelta(minutes=2)}


def test_an_account_without_one_gets_it_when_it_is_saved(acme: Any):
    account = make_account(acme)
    for change in (AccountDoor.objects.all().delete, lambda: _make_nobodys(account.id)):
        change()
        timed_cache.clear_all()
        with in_tenant(acme):
            account.save()
        assert AccountDoor.objects.get(pk=account.id).tenant_id == acme.id


def _make_nobodys(account: UUID) -> None:
    AccountDoor.objects.filter(pk=account).update(tenant=None)


def test_accounts_from_before_get_theirs_by_the_migration(acme: Any, globex: Any):
    ids = {make_account(tenant).id: tenant.id for tenant in (acme, globex)}
    AccountDoor.objects.all().delete()
    statement = importlib.import_module("delivery.migrations.0004_receipt_hooks").OPEN_DOORS
    for tenant in (acme, globex, acme):
        with in_tenant(tenant), connection.cursor() as cursor:
            cursor.execute(statement)
    assert dict(AccountDoor.objects.values_list("account_id", "tenant_id")) == ids
