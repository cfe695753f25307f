"""How much of a turn goes into rendering."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from delivery.pipeline import plan
from delivery.pipeline.items import Planned
from delivery.providers.account import SIMULATOR
from delivery.providers.base import Provider
from tests.delivery.pipeline.facts import ACME, make_item

GLOBEX, INITECH = replace(ACME, id=2, schema="t_globex"), replace(ACME, id=3, schema="t_initech")


@pytest.fixture(autouse=True)
def _rendered_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call is the item that it was made of, and needs no schema."""
    monkeypatch.setattr(plan, "in_tenant", lambda tenant: nullcontext())
    monkeypatch.setattr(plan, "_call", lambda planned: planned)


def planned(*tenants: Any) -> list[Planned]:
    return [
        Planned(item=make_item(tenant=tenant), provider=Provider(SIMULATOR)) for tenant in tenants
    ]


def test_each_tenant_has_its_time_and_at_least_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "RENDER_SECONDS", -1.0)
    first, second, third = planned(ACME, ACME, GLOBEX)
    prepared = plan.prepare([first, second, third])
    assert (prepared.calls, prepared.deferred) == ([first, third], [second])


def test_a_turn_has_its_time_and_who_had_none_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "RENDER_SECONDS", -1.0)
    monkeypatch.setattr(plan, "TURN_SECONDS", -1.0)
    first, second, third, fourth = planned(ACME, ACME, GLOBEX, INITECH)
    prepared = plan.prepare([first, second, third, fourth])
    assert (prepared.calls, prepared.deferred) == ([first], [third, fourth, second])
