"""How often and for how long a delivery is tried: by its channel, its priority and its topic."""

from datetime import timedelta
from typing import Any

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline.verdicts import Ends, Rules, Waits
from delivery.retry_rules import RetryRules
from delivery.topics import TopicRules
from notifications.states import Status
from tests.delivery.pipeline.facts import NOW, make_facts
from tests.delivery.pipeline.kit import Line
from tests.door import Api
from tests.make import make_policy

DOWN = DeliveryError(error_class=ErrorClass.PROVIDER_DOWN, code="503")
AN_HOUR = DeliveryError(error_class=ErrorClass.BUSY, code="429", retry_after=timedelta(hours=1))
TABLE = Rules(retry=RetryRules(), pauses=[], random=lambda: 0.999999)
TO = "ana@example.org"


def judged(error: DeliveryError, asked: dict[str, float], **facts: Any) -> Ends | Waits:
    return TABLE.verdict(
        make_facts(**facts),
        error,
        began=NOW,
        now=NOW,
        can_ask=False,
        topic=TopicRules(retry=asked),
    )


def test_the_first_pause_is_the_channels_and_the_prioritys() -> None:
    pauses = {}
    for lane in ("high", "normal", "bulk"):
        verdict = judged(DOWN, {}, lane=lane)
        assert isinstance(verdict, Waits)
        pauses[lane] = round(verdict.delay.total_seconds())
    assert pauses == {"high": 2, "normal": 10, "bulk": 60}


def test_a_topic_may_ask_for_other_figures() -> None:
    verdict = judged(DOWN, {"first": 1, "tries": 2})
    assert isinstance(verdict, Waits)
    assert round(verdict.delay.total_seconds()) == 1
    assert isinstance(judged(DOWN, {"tries": 2}, tries=1), Ends)


def test_a_wait_asked_for_that_leads_beyond_the_deadline_ends_it_by_its_class() -> None:
    verdict = judged(AN_HOUR, {}, deadline=NOW + timedelta(minutes=59))
    assert verdict == Ends(status=Status.DEAD, error=AN_HOUR)
    assert isinstance(judged(AN_HOUR, {}, deadline=NOW + timedelta(hours=2)), Waits)


def test_a_topics_figures_reach_the_line(api: Api, line: Line) -> None:
    make_policy(line.tenant, "alarm", channels=("email",), retry={"tries": 1})
    line.provider.answers[TO] += [DOWN]
    asked = {"topic": "alarm", "recipient": {"id": "ana", "email": TO}, "data": {"name": "Ana"}}
    assert api.post("/notify", asked).status == 202
    line.deliver()
    (letter,) = line.letters()
    assert (line.delivery().status, letter.error_class) == ("dead", "provider_down")


def test_the_deadline_is_pinned_when_it_is_accepted(api: Api, line: Line) -> None:
    make_policy(line.tenant, "code", channels=("email",), retry={"deadline": 120})
    asked = {"topic": "code", "recipient": {"id": "ana", "email": TO}, "data": {"name": "Ana"}}
    assert api.post("/notify", asked).status == 202
    delivery = line.delivery()
    assert delivery.deadline is not None
    assert timedelta(seconds=119) < delivery.deadline - delivery.created_at <= timedelta(minutes=2)
