"""Facts as operators read them."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.states import Shown, Status
from signalbus.panels import words
from signalbus.templatetags.signalbus_words import clock_among, sentence, spelled

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-3), "3 s ago"),
        (timedelta(minutes=-5, seconds=-59), "5 min ago"),
        (timedelta(hours=2), "in 2 h"),
        (timedelta(days=-29), "29 d ago"),
        (timedelta(days=-31), "31 Mar 2026"),
    ],
)
def test_distances(away: timedelta, said: str) -> None:
    assert words.distance(NOW + away, NOW) == said


def test_every_status_has_a_tone() -> None:
    assert {*map(str, Status), *map(str, Shown)} <= words.TONES.keys()


def test_what_comes_from_outside_is_escaped() -> None:
    for shown in (words.label("<b>"), words.code("<b>"), words.pretty({"a": "<b>"})):
        assert "<b>" not in shown


def test_moments_are_written_in_one_way() -> None:
    moment = datetime(2026, 11, 5, 19, 7, 2, tzinfo=UTC)
    assert words.absolute(moment) == "5 Nov 2026 19:07:02 UTC"
    assert "5 Nov 2026 19:07:02 UTC" in words.ago(moment)


def test_moments_in_one_second_are_told_apart() -> None:
    first, second = NOW.replace(microsecond=7_000), NOW.replace(microsecond=482_900)
    shared = words.shared_seconds([first, second, NOW + timedelta(seconds=1)])
    assert shared == {NOW}
    assert ">1 May 2026 12:00:00.007 UTC<" in clock_among(first, shared)
    assert ">1 May 2026 12:00:00.482 UTC<" in clock_among(second, shared)
    assert ">1 May 2026 12:00:01 UTC<" in clock_among(NOW + timedelta(seconds=1), shared)
    assert words.shared_seconds([first, first]) == frozenset()
    assert clock_among(None, shared) == "-"


def test_help_shows_code_and_keeps_markup() -> None:
    told = spelled("Such as `fr-CA` or `<b>`.")
    assert told.startswith('Such as <code class="sb-id">fr-CA</code> or <code')
    assert "<b>" not in told
    assert spelled("<ul><li>Short</li></ul>") == "<ul><li>Short</li></ul>"


def test_reasons_end_as_sentences() -> None:
    assert [sentence("unpaid"), sentence("Why? ")] == ["unpaid.", "Why?"]
