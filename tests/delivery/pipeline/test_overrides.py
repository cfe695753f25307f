"""What is sent in spite of a suppression, and what refusals of a provider count."""

import pytest

from delivery.errors import DeliveryError, ErrorClass
from notifications.deciding.terms import OVERRIDABLE
from notifications.models import SoftBounces
from notifications.models.suppression import SuppressionReason
from notifications.suppressing import FINAL
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Line, ask
from tests.door import Api
from tests.make import make_policy, make_suppression

ADDRESS = "ana@example.org"


def test_who_could_not_be_reached_until_the_end_counts_once(api: Api, line: Line) -> None:
    full = DeliveryError(error_class=ErrorClass.UNREACHABLE, code="452 4.2.2", detail="Full")
    line.provider.answers[ADDRESS].extend([full] * 3)
    ask(api)
    for _ in range(3):
        line.deliver()
        line.pass_time(4000)
    assert line.delivery().status == "dead"
    with in_tenant(line.tenant):
        assert SoftBounces.objects.get().count == 1


@pytest.mark.parametrize("reason", OVERRIDABLE)
def test_a_topic_may_be_sent_in_spite_of_what_is_known(api: Api, line: Line, reason: str) -> None:
    make_suppression(line.tenant, ADDRESS, reason=reason)
    assert _sent(api, line, [reason]) == "sent"


@pytest.mark.parametrize("reason", sorted(FINAL))
def test_no_topic_is_sent_in_spite_of_what_people_said(api: Api, line: Line, reason: str) -> None:
    make_suppression(line.tenant, ADDRESS, reason=reason)
    assert _sent(api, line, SuppressionReason.values) == "skipped"


def test_another_reason_is_not_overridden(api: Api, line: Line) -> None:
    make_suppression(line.tenant, ADDRESS, reason="manual")
    assert _sent(api, line, ["hard_bounce"]) == "skipped"


def _sent(api: Api, line: Line, overrides: list[str]) -> str:
    """What becomes of a notification whose topic has these overrides."""
    make_policy(line.tenant, "alarm.raised", channels=("email",), overrides=overrides)
    body = {"topic": "alarm.raised", "recipient": {"id": "ana", "email": ADDRESS}}
    assert api.post("/notify", {**body, "data": {"name": "Ana"}}).status == 202
    line.deliver()
    return line.delivery().status
