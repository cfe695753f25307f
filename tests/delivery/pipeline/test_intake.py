"""How patiently an idle worker waits, and what it keeps of what it was given."""

import pytest

from delivery.pipeline.intake import Intake, wait
from signalbus.bus.envelope import VERSION, Envelope
from signalbus.bus.received import Received
from signalbus.core.ids import new_id
from tests.delivery.pipeline.kit import Queue


class Broken(Queue):
    """A lane that cannot be polled, as where PostgreSQL is away for what cannot be read."""

    def poll(self, limit: int, timeout: float) -> list[Received]:
        raise OSError("away")


def make_envelope() -> Envelope:
    return Envelope(v=VERSION, tenant=1, entry=new_id(), generation=1, purpose="send")


@pytest.mark.parametrize(
    ("quiet", "seconds"), [(0.0, 0.02), (5.1, 0.1), (60.0, 0.1), (60.1, 0.2), (float("inf"), 0.2)]
)
def test_the_longer_the_silence_the_longer_the_wait(quiet: float, seconds: float) -> None:
    assert wait(quiet) == seconds


def test_what_a_lane_gave_is_kept_where_a_later_one_raises() -> None:
    high, envelopes = Queue(), [make_envelope() for _ in range(3)]
    for envelope in envelopes:
        high.put(envelope)
    intake = Intake({"high": high, "normal": Broken()})
    with pytest.raises(OSError, match="away"):
        intake.poll(8, 0, may_wait=True)
    assert [each.envelope for each in intake.received] == envelopes
    intake.done(3, 0)
    assert len(high.committed) == 3
    assert not intake.polled
