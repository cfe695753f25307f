"""How long a published entry, or a claim, stays out of the line before it comes due again."""

from django.conf import settings

from signalbus.bus.streams import Lane, lane_of


def visibility(stream: str) -> float:
    """Seconds: short for what is urgent, longer for the rest."""
    return settings.VISIBILITY_HIGH if lane_of(stream) == Lane.HIGH else settings.VISIBILITY
