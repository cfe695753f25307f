"""A line without Kafka over acme's tables, with a provider that answers as the test says."""

import pytest

from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import Line, lead_everything_to, scripted
from tests.make import make_account


@pytest.fixture
def line(acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch) -> Line:
    """acme has an account for each channel."""
    make_account(acme, channel="email")
    make_account(acme, channel="sms")
    provider = scripted()
    lead_everything_to(provider, monkeypatch)
    return Line(acme, provider)
