"""`make logs`: all processes' lines in order of time, and fit to be read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from signalbus.embedded.follow import Tail
from signalbus.embedded.log_lines import read_line

EARLIER = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def test_json_is_shown_in_words() -> None:
    line = read_line(
        '{"timestamp":"2026-11-20T19:02:03.5Z","level":"warning","logger":"x","event":"it.was",'
        '"tenant":"acme","code":""}',
        EARLIER,
    )
    assert line.at == datetime(2026, 11, 20, 19, 2, 3, 500000, tzinfo=UTC)
    assert line.text == "19:02:03  warning  it.was  tenant=acme"


@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-20 19:02:03.000 UTC [12] LOG:  ready",
        "[2026-11-20 19:02:03 +0000] [INFO] Starting",
    ],
)
def test_the_servers_tell_their_time_too(raw: str) -> None:
    line = read_line(raw, EARLIER)
    assert (line.at, line.text) == (datetime(2026, 11, 20, 19, 2, 3, tzinfo=UTC), raw)


@pytest.mark.parametrize("raw", ["  File x, line 1", "{not JSON", "2026-99-99 00:00:00 UTC"])
def test_a_line_without_a_time_follows_the_one_before(raw: str) -> None:
    assert read_line(raw, EARLIER).at == EARLIER


def test_half_a_line_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    path.write_text("x" * 3000 + "\nwhole\nhalf")
    tail = Tail(path)
    assert [line.text for line in tail.new_lines()] == ["web          whole"]
    path.write_text("anew\n")
    assert [line.text for line in tail.new_lines()] == ["web          anew"]
