"""When the guard warns and when it stops: at which shares, and of how many."""

import pytest

from delivery.guard.rule import Window, judge
from notifications.noticed import Kind, Severity

WARNING, STOPPED = Severity.WARNING, Severity.STOPPED


def severity(kind: Kind, *windows: tuple[int, int, int]) -> Severity | None:
    """What the windows (sent, bounces, complaints) come to."""
    values = [Window(sent=sent, bounces=bad, complaints=worse) for sent, bad, worse in windows]
    finding = judge(kind, values)
    return finding.severity if finding else None


@pytest.mark.parametrize(
    ("sent", "bounces", "expected"),
    [
        (1000, 0, None),
        (1000, 49, None),
        (1000, 50, WARNING),
        (1000, 99, WARNING),
        (1000, 100, STOPPED),
        (500, 24, None),
        (500, 25, WARNING),
        (500, 50, STOPPED),
        (499, 499, None),
        (0, 0, None),
    ],
)
def test_bounces_warn_at_five_per_cent_and_stop_at_ten(
    sent: int, bounces: int, expected: Severity | None
) -> None:
    assert severity(Kind.BOUNCES, (sent, bounces, 0)) is expected


@pytest.mark.parametrize(
    ("sent", "complaints", "expected"),
    [
        (1000, 0, None),
        (1000, 1, WARNING),
        (1000, 4, WARNING),
        (1000, 5, STOPPED),
        (600, 2, WARNING),
        (600, 3, STOPPED),
        (499, 100, None),
    ],
)
def test_complaints_warn_at_a_thousandth_and_stop_at_five(
    sent: int, complaints: int, expected: Severity | None
) -> None:
    assert severity(Kind.COMPLAINTS, (sent, 0, complaints)) is expected


def test_each_kind_is_judged_by_itself() -> None:
    assert severity(Kind.COMPLAINTS, (1000, 500, 0)) is None
    assert severity(Kind.BOUNCES, (1000, 0, 500)) is None


def test_the_worst_window_counts() -> None:
    assert severity(Kind.BOUNCES, (1000, 10, 0), (600, 60, 0), (1000, 70, 0)) is STOPPED


def test_without_a_window_nothing_is_said() -> None:
    assert severity(Kind.BOUNCES) is None


def test_the_text_says_how_many_what_follows_and_what_to_do() -> None:
    finding = judge(Kind.BOUNCES, [Window(sent=1000, bounces=104, complaints=0)])
    assert finding is not None
    assert finding.text.startswith("104 of 1000 e-mails bounced for good (10.4 %). The bulk lane")
    assert "until this notice is lifted" in finding.text
    warning = judge(Kind.COMPLAINTS, [Window(sent=800, bounces=0, complaints=1)])
    assert warning is not None
    assert warning.text.startswith(
        "1 of 800 e-mails were reported as unwanted (0.125 %). At 0.5 % the bulk lane"
    )
