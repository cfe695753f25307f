"""A notification's status, computed anew from its deliveries."""

from uuid import UUID

import pytest
from django.db import transaction

from notifications import status_sql
from notifications.models import Delivery, Notification
from notifications.states import PRECEDENCE, Status, status_of_all
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.schemas import TenantWork, run_for_tenants
from tests.door import Api
from tests.notifications.asking import shipped


@pytest.fixture
def accepted(api: Api) -> UUID:
    return UUID(api.post("/notify", shipped()).body["id"])


@pytest.mark.parametrize("first", PRECEDENCE)
def test_the_table_of_the_states_decides(
    acme: TenantIdentity, accepted: UUID, first: Status
) -> None:
    with in_tenant(acme):
        for second in Status:
            Delivery.objects.filter(channel="email").update(status=first)
            Delivery.objects.filter(channel="sms").update(status=second)
            with transaction.atomic():
                status_sql.recompute([accepted])
            assert Notification.objects.get().status == status_of_all([first, second])


def test_it_runs_for_many_tenants_at_once(acme: TenantIdentity, accepted: UUID) -> None:
    with in_tenant(acme):
        Delivery.objects.update(status=Status.SENT)
    work = TenantWork(acme.schema, status_sql.statements([accepted]))
    assert isinstance(run_for_tenants([work])[0], list)
    with in_tenant(acme):
        assert Notification.objects.get().status == Status.SENT
