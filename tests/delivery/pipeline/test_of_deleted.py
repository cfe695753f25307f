"""What is left in the line of a tenant that is being deleted."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants import deleting, provisioning, removal
from tenants.identity import TenantIdentity
from tenants.models import Tenant
from tests.delivery.pipeline.kit import Line, ask, lead_everything_to, scripted, settle, until
from tests.door import Api
from tests.make import make_account, make_key


@pytest.fixture
def doomed(database: None) -> Iterator[TenantIdentity]:
    tenant = provisioning.create_tenant("doomed", "doomed.localhost")
    make_account(tenant)
    yield tenant
    Tenant.objects.filter(id=tenant.id).delete()
    removal.drop_left_over()


def finish(tenant: TenantIdentity) -> bool:
    return removal.finish(tenant.id, timezone.now() + timedelta(seconds=20))


def test_the_call_of_a_worker_that_died_does_not_keep_it(
    doomed: TenantIdentity, monkeypatch: Any
) -> None:
    """The relay publishes the expired claim again, and again, until somebody settles it."""
    line = Line(doomed, scripted())
    lead_everything_to(line.provider, monkeypatch)
    ask(Api(make_key(doomed)))
    line.publish()
    line.provider.gate.clear()
    dead = line.worker()
    until(lambda: line.provider.sent, dead)
    line.provider.gate.set()
    deleting.begin(doomed.id)
    assert not finish(doomed)
    line.pass_time(1000)
    line.publish()
    assert not finish(doomed)
    settle(line.worker())
    assert line.entry() is None
    assert finish(doomed)
