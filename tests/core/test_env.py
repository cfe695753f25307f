"""Reading environment variables."""

from typing import Any

import pytest

from signalbus.core import probes
from signalbus.core.env import Environment
from signalbus.core.errors import SettingError


def read(raw: str) -> dict[str, str]:
    env = Environment({"OPTIONS": raw})
    found = env.pairs("OPTIONS", "", "further options")
    env.check()
    return found


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("", {}),
        (
            "sasl.username=ana, sasl.password=a=b=",
            {"sasl.username": "ana", "sasl.password": "a=b="},
        ),
        (" linger.ms = 5 ,", {"linger.ms": "5"}),
        ("debug=", {"debug": ""}),
    ],
)
def test_pairs_are_read(raw: str, found: dict[str, str]) -> None:
    assert read(raw) == found


@pytest.mark.parametrize("raw", ["a=1,sasl.username", "a=1, =2"])
def test_a_part_without_key_or_value_is_told_at_boot_and_not_repeated(raw: str) -> None:
    with pytest.raises(SettingError, match="part 2 of 2 is not key=value") as told:
        read(raw)
    assert "OPTIONS must be a comma-separated list of key=value" in str(told.value)
    assert "sasl" not in str(told.value)


def test_the_probe_of_kafka_takes_the_same_options(settings: Any) -> None:
    settings.KAFKA_OPTIONS = {"no-such-option": "1"}
    probes._kafka_client.cache_clear()
    with pytest.raises(Exception, match="no-such-option"):
        probes.kafka()
