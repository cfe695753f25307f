"""Window, turns, pace, outages and offsets: decided without database or network."""

from collections import deque

from signalbus.bus.outages import FIRST_PAUSE, LONGEST_PAUSE, Outages
from signalbus.bus.pace import SHORTEST, Pace
from signalbus.bus.plan import HANDFUL, Line, StreamPlan, Turn, in_turn
from signalbus.bus.progress import Progress
from signalbus.bus.streams import BY_URGENCY, Lane, relayed
from signalbus.bus.window import CEILING, FLOOR, SECONDS, Window


def _plan(*lines: Line, window: int = 1000, room: int = 1000) -> StreamPlan:
    return StreamPlan(stream="email.bulk", lines=deque(lines), window=window, room=room)


def test_a_window_has_a_floor_and_a_ceiling() -> None:
    assert Window().size == FLOOR
    assert Window(rate=10**6).size == CEILING
    assert Window(rate=2000.0).size == 2000 * SECONDS


def test_a_window_follows_the_rate_at_which_entries_leave_it() -> None:
    window = Window()
    window.observe(0, 0.0)
    for second in range(1, 20):
        window.publish(3000)
        window.observe(0, float(second))
    assert 2900 < window.rate < 3000
    for second in range(20, 60):
        window.observe(0, float(second))
    assert window.size == FLOOR


def test_entries_that_nobody_takes_make_no_rate() -> None:
    window = Window()
    window.observe(0, 0.0)
    window.publish(500)
    window.observe(500, 1.0)
    assert window.rate == 0


def test_what_another_relay_publishes_is_no_negative_rate() -> None:
    window = Window()
    window.observe(0, 0.0)
    window.observe(800, 1.0)
    assert window.rate == 0


def test_tenants_take_turns_by_handfuls_and_weight() -> None:
    plan = _plan(Line(1), Line(2, weight=2), Line(3))
    assert plan.turn(4 * HANDFUL).quotas == {1: HANDFUL, 2: 2 * HANDFUL, 3: HANDFUL}


def test_the_turn_goes_on_where_it_ended() -> None:
    plan = _plan(Line(1), Line(2), Line(3))
    turn = plan.turn(2 * HANDFUL)
    plan.took(turn, {1: HANDFUL, 2: HANDFUL})
    assert list(plan.turn(HANDFUL).quotas) == [3, 1, 2]
    assert [line.tenant_id for line in in_turn([Line(1), Line(2), Line(3)], 2)] == [3, 1, 2]


def test_few_tenants_fill_a_batch_in_equal_shares() -> None:
    assert _plan(Line(1), Line(2)).turn(500).quotas == {1: 250, 2: 250}
    assert _plan(Line(1), Line(2, weight=2)).turn(600).quotas == {1: 200, 2: 400}
    assert _plan(Line(1)).turn(500).quotas == {1: 500}


def test_one_tenant_has_half_of_the_window_while_others_wait() -> None:
    plan = _plan(Line(1, waiting=480), Line(2), window=1000, room=520)
    assert plan.turn(500).quotas == {1: 20, 2: 250}


def test_a_tenant_that_is_alone_has_the_whole_window() -> None:
    plan = _plan(Line(1, waiting=700), window=1000, room=300)
    assert plan.turn(500) == Turn({1: 300}, 300)


def test_who_has_nothing_more_leaves_the_others_alone() -> None:
    plan = _plan(Line(1, waiting=500), Line(2), window=1000, room=500)
    turn = plan.turn(100)
    assert turn.quotas == {2: HANDFUL}
    plan.took(turn, {2: 5})
    assert plan.turn(100).quotas == {1: 100}
    assert plan.room == 495


def test_who_was_cut_short_by_the_limit_has_more() -> None:
    plan = _plan(Line(1), Line(2), Line(3))
    turn = plan.turn(HANDFUL + 10)
    plan.took(turn, {1: HANDFUL, 2: 10})
    assert [line.tenant_id for line in plan.lines] == [3, 1, 2]


def test_without_room_nobody_has_a_turn() -> None:
    plan = _plan(Line(1), room=0)
    assert plan.turn(100).quotas == {}
    assert plan.lines


def test_waits_grow_while_there_is_no_room_and_begin_anew() -> None:
    pace = Pace()
    waits = [pace.wait(blocked=True, next_due=None, longest=1.0) for _ in range(20)]
    assert waits[0] == SHORTEST
    assert waits == sorted(waits)
    assert waits[-1] == 1.0
    pace.progressed()
    assert pace.wait(blocked=True, next_due=None, longest=1.0) == SHORTEST


def test_the_next_due_moment_shortens_the_wait() -> None:
    pace = Pace()
    assert pace.wait(blocked=False, next_due=0.3, longest=1.0) == 0.3
    assert pace.wait(blocked=False, next_due=9.0, longest=1.0) == 1.0
    assert pace.wait(blocked=False, next_due=None, longest=1.0) == 1.0


def test_a_refused_stream_waits_longer_each_time_and_until_kafka_answers() -> None:
    answering: set[str] = set()
    outages = Outages(answers=answering.__contains__)
    outages.refused("a", 0.0)
    assert outages.open(["a", "b"], 0.1) == ["b"]
    assert outages.open(["a", "b"], 10.0) == ["b"]
    answering.add("a")
    assert outages.open(["a"], 20.0) == ["a"]
    for _ in range(10):
        outages.refused("a", 30.0)
    assert outages.open(["a"], 30.0 + LONGEST_PAUSE - 0.1) == []
    outages.succeeded("a")
    outages.refused("a", 40.0)
    assert outages.open(["a"], 40.0 + FIRST_PAUSE) == ["a"]
    assert outages


def test_only_what_is_done_without_a_gap_is_committed() -> None:
    progress = Progress()
    for offset in (10, 11, 12, 14):
        progress.hand_out(offset)
    assert not progress.finish(11)
    assert progress.finish(10)
    assert progress.position == 12
    assert not progress.finish(14)
    assert progress.finish(12)
    assert progress.position == 15
    assert not progress.finish(12)


def test_a_partition_that_is_read_anew_from_further_back_is_committed_all_the_same() -> None:
    progress = Progress()
    for offset in (20, 21, 10, 11, 12):  # the first two were fetched before it went away
        progress.hand_out(offset)
    assert not progress.finish(21)
    assert progress.finish(10)
    assert progress.finish(11)
    assert progress.position == 12
    assert progress.finish(12)
    assert progress.position == 13


def test_a_relay_for_some_lanes_serves_what_has_none_as_well() -> None:
    assert relayed(("high",)) == ("email.high", "sms.high", "dead")
    assert relayed(tuple(Lane)) == BY_URGENCY
