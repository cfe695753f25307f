"""`create_streams` brings Kafka to the settings, and says what it did."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from signalbus.bus import kafka
from signalbus.bus.streams import STREAMS


def _create() -> list[str]:
    out = StringIO()
    call_command("create_streams", stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def installation(settings: Any, streams: None) -> Iterator[str]:
    """An installation beside the tests' own, without any stream yet."""
    settings.INSTALLATION = f"{settings.INSTALLATION}-{uuid4().hex[:8]}"
    yield settings.INSTALLATION
    futures = kafka.admin().delete_topics([kafka.topic(stream) for stream in STREAMS])
    for future in futures.values():
        future.exception(timeout=10)


def test_made_once_kept_the_second_time_widened_when_raised(
    installation: str, settings: Any
) -> None:
    settings.STREAM_PARTITIONS = 2
    assert _create() == [f"{installation}.{s}: made with 2 partitions" for s in STREAMS]
    assert _create() == [f"{installation}.{s}: has its 2 partitions" for s in STREAMS]
    settings.STREAM_PARTITIONS = 3
    assert f"{installation}.dead: widened from 2 to 3 partitions" in _create()
    settings.STREAM_PARTITIONS = 1
    assert all("keeps 3 partitions" in line for line in _create())


def test_too_many_copies_are_refused_with_kafkas_words(installation: str, settings: Any) -> None:
    settings.STREAM_REPLICATION = 9
    with pytest.raises(CommandError, match="did not make the topic"):
        _create()


def test_without_kafka_it_says_which_address_and_what_to_check(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KAFKA_BROKERS = "127.0.0.1:1"
    monkeypatch.setattr("signalbus.bus.topics.METADATA_SECONDS", 0.5)
    with pytest.raises(CommandError, match=r"127\.0\.0\.1:1 does not answer.*KAFKA_BROKERS"):
        _create()


def test_options_of_the_installation_reach_every_client(settings: Any) -> None:
    settings.KAFKA_OPTIONS = {"no-such-option": "1"}
    with pytest.raises(Exception, match="no-such-option"):
        kafka.producer()
