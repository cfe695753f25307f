"""Lanes that nobody listens to: each stream has a group, and a group without members is deaf."""

from collections.abc import Iterator, Mapping
from typing import Any

from confluent_kafka import KafkaException

from signalbus.bus import kafka
from signalbus.bus.streams import DELIVERY_STREAMS, Channel
from signalbus.doctor.findings import Finding, fail, ok, some

SECONDS = 5.0


def probe() -> Iterator[Finding]:
    """A group has its topic's name."""
    groups = {kafka.topic(stream): stream for stream in DELIVERY_STREAMS}
    client = kafka.admin()  # kept until all have answered: they die with it
    asked = client.describe_consumer_groups(list(groups), request_timeout=SECONDS)
    members = {groups[group]: _members(answer) for group, answer in asked.items()}
    yield from _told(members)


def _told(members: Mapping[str, int]) -> Iterator[Finding]:
    deaf = [stream for stream, count in members.items() if not count]
    if not deaf:
        yield ok(f"Workers listen to all {len(members)} lanes.")
        return
    channels = [each for each in Channel if any(name.startswith(f"{each}.") for name in deaf)]
    commands = " and ".join(f"run_{channel}_worker" for channel in channels)
    yield fail(f"No worker listens to {some(deaf)}.", f"Start {commands}, or see their logs.")


def _members(answer: Any) -> int:
    """A group that nobody has ever joined has none, and perhaps no coordinator to ask."""
    try:
        return len(answer.result(timeout=SECONDS).members)
    except (KafkaException, TimeoutError):
        return 0
