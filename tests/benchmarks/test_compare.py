"""Two commits' costs are compared measure by measure."""

from benchmarks.compare import ratios

DRAIN, ACCEPT = "drain, simulator", "accept one, 1 conn."


def test_the_median_of_each_measure_is_compared() -> None:
    before = [{DRAIN: cost, ACCEPT: 4.0} for cost in (0.4, 9.0, 0.5)]
    after = [{DRAIN: cost, ACCEPT: 3.0} for cost in (0.6, 0.1, 0.9)]
    assert [(each.measure, each.before, each.after) for each in ratios(before, after)] == [
        (DRAIN, 0.5, 0.6),
        (ACCEPT, 4.0, 3.0),
    ]


def test_what_only_one_of_them_measures_and_calibrations_are_left_out() -> None:
    before = [{DRAIN: 1.0, "calibration: INSERT": 1.0, "gone": 1.0}]
    assert [each.measure for each in ratios(before, [{**before[0], "new": 2.0, "gone": 1.0}])] == [
        DRAIN,
        "gone",
    ]
    assert [each.measure for each in ratios(before, [{DRAIN: 1.1}])] == [DRAIN]
