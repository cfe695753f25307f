"""What nothing can read any more still comes to an end."""

from django.db import connection

from delivery.errors import DeliveryError, ErrorClass
from tests.delivery.pipeline.kit import Line, ask
from tests.door import Api

UNKNOWN = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME, code="timeout")


def make_unreadable(line: Line) -> None:
    """A year that PostgreSQL keeps and Python has not."""
    table = connection.ops.quote_name(line.tenant.schema) + ".notifications_notification"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET expires_at = '10000-01-01T00:00:00Z'")


def meet_it_three_times(line: Line) -> None:
    for _ in range(3):
        line.deliver()
        line.pass_time(10)


def test_it_is_dead_with_its_trace(api: Api, line: Line) -> None:
    ask(api)
    make_unreadable(line)
    meet_it_three_times(line)
    delivery, (letter,) = line.delivery(), line.letters()
    assert (delivery.status, delivery.error_class) == ("dead", "crashed")
    assert "timestamp too large" in delivery.detail
    assert letter.delivery_id == delivery.id
    assert line.entry() is None


def test_it_is_unknown_where_it_may_have_got_through(api: Api, line: Line) -> None:
    line.provider.answers["ana@example.org"] += [UNKNOWN]
    ask(api)
    line.deliver()
    line.pass_time(10)
    make_unreadable(line)
    meet_it_three_times(line)
    assert (line.delivery().status, line.entry(), line.letters()) == ("unknown", None, [])


def test_it_harms_no_other(api: Api, line: Line) -> None:
    ask(api)
    make_unreadable(line)
    good = ask(api, to="good@example.org")
    meet_it_three_times(line)
    assert line.delivery(good).status == "sent"
