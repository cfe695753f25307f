"""The current tenant's patience: what its policies and the installation say, over the table."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings

from notifications import policies
from notifications.deciding import patience

SETTINGS = {
    "first": "RETRY_FIRST",
    "factor": "RETRY_FACTOR",
    "longest": "RETRY_LONGEST",
    "tries": "RETRY_TRIES",
    "deadline": "DELIVERY_DEADLINE",
}


def installation() -> dict[str, float]:
    """The figures that the installation sets for all channels and priorities alike."""
    figures = {name: getattr(settings, setting) for name, setting in SETTINGS.items()}
    return {name: figure for name, figure in figures.items() if figure is not None}


def deadline_after(topic: str, channel: str, lane: str) -> timedelta:
    """How long a delivery of the current tenant may take from now, such as when it is redriven."""
    return patience.deadline(channel, lane, installation(), asked_by(topic))


def asked_by(topic: str) -> Mapping[str, float]:
    """The figures that a topic's policy asks for; none for a message without a topic."""
    policy = policies.by_topic().get(topic)
    return policy.retry if policy else {}
