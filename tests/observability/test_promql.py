"""What is read from an expression, on metrics that are made up."""

import pytest

from tests.observability import promql

LABELS = {"sent": frozenset({"channel", "instance"}), "measured": frozenset({"instance"})}


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        ("sum by (channel) (rate(sent[5m]))", set()),
        ("sum by (tenant) (rate(sent[5m]))", {"tenant"}),
        ("sent and on (instance) (time() - measured < 180)", set()),
        ("sent and on (channel) (time() - measured < 180)", {"channel"}),
        ("sum by (channel) (sent unless on (lane) measured)", {"lane"}),
        ("sum by (channel) (measured and on (instance) sent)", {"channel"}),
    ],
)
def test_labels_that_are_not_there(text: str, missed: set[str]) -> None:
    assert promql.missed(text, LABELS.__getitem__) == missed


def test_what_a_join_filters_keeps_its_own_labels() -> None:
    kept = promql.produced("measured and on (instance) sent", LABELS.__getitem__)
    assert kept == {"instance"}
