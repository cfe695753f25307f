"""`python -m benchmarks.outage`: what a provider's outage costs.

Two measures on servers of their own, with an HTTP gateway that answers 503 until it is healed;
about four minutes:

- one of two accounts is down, the one that three of four messages go by: how many of 1,000 leave by
  the other within 5 s (goal: 99 %), how many errors it takes until the breaker opens (goal: at most
  20), whether it closes by itself once the gateway is well, and the weights count again;
- the only account is down for 60 s: what is lost (goal: nothing), and how many tries it costs
  (goal: none but those that opened the breaker, and nobody more than one).
"""

import sys
import time
from typing import Any

from benchmarks import people
from benchmarks.errors import MeasureError
from benchmarks.people import Customer, NewAccount
from benchmarks.stack import Stack, call

COUNT = 1_000
AT_ONCE = 5.0  # seconds in which a message leaves by the other account
AT_ONCE_GOAL = 0.99
ERRORS_GOAL = 20  # until the breaker opens
FIRST_PAUSE = 5.0  # seconds for which it is open at first; later errors are those of its probes
WEIGHTS = {"first": 3, "second": 1}
AFTERWARDS = 400  # messages that tell whether the weights count again
WEIGHT_GOAL = (0.65, 0.85)  # of them by the account of weight 3: over four deviations either way
OUTAGE = 60.0  # seconds
CLOSES_WITHIN = 90.0  # seconds: the longest pause of a breaker, and one round
JOIN = 5.0  # seconds for consumers to get their partitions


def main() -> int:
    """Print the figures; 0 if all goals are met."""
    stack = Stack()
    try:
        port = _prepare(stack)
        good = [_one_of_two(stack, port), _the_only_one(stack, port)]
    finally:
        stack.close()
    return 0 if all(good) else 1


def _prepare(stack: Stack) -> int:
    stack.manage("migrate_schemas", "--verbosity", "0")
    stack.manage("create_streams")
    people.begin()
    port = stack.web()
    stack.stub()
    stack.run("relay", "run_relay")
    stack.run("worker", "run_email_worker")
    time.sleep(JOIN)
    return port


def _one_of_two(stack: Stack, port: int) -> bool:
    customer = people.make_customer("two")
    some = [_gateway(stack, name, weight) for name, weight in WEIGHTS.items()]
    people.set_accounts(customer.schema, "email", some)
    stack.tell_stub("break/first")
    _accept(port, customer, COUNT)
    _wait_until_sent(stack, customer, COUNT, 60.0)
    at_once = _one(_LEFT_WITHIN, customer, AT_ONCE) / COUNT
    errors = _one(_FIRST_ERRORS, customer, FIRST_PAUSE)
    stack.tell_stub("heal/first")
    closed = _seconds_until_first_takes(stack, port, customer)
    share = _share_of_first(stack, port, customer)
    print(f"one of two accounts down: {at_once:.1%} left by the other within {AT_ONCE:.0f} s")
    print(f"  {errors} errors until its breaker opened; closed {closed:.1f} s after it was well")
    print(f"  then {share:.0%} went by it again, whose weight is 3 of 4")
    lowest, highest = WEIGHT_GOAL
    return at_once >= AT_ONCE_GOAL and errors <= ERRORS_GOAL and lowest <= share <= highest


def _the_only_one(stack: Stack, port: int) -> bool:
    customer = people.make_customer("one")
    people.set_accounts(customer.schema, "email", [_gateway(stack, "only")])
    stack.tell_stub("break/only")
    begun = time.monotonic()
    _accept(port, customer, COUNT)
    time.sleep(max(0.0, OUTAGE - (time.monotonic() - begun)))
    waiting, tries, most = _line(customer)
    stack.tell_stub("heal/only")
    healed = time.monotonic()
    _wait_until_sent(stack, customer, COUNT, CLOSES_WITHIN)
    counted = stack.stub_took()
    taken, refused = counted["by_pause"]["only"], counted["refused"]["only"]
    print(
        f"the only account down for {OUTAGE:.0f} s: {waiting:,} of {COUNT:,} waited, {tries} tries"
    )
    print(f"  used up, at most {most} of one message; the gateway was asked {refused} times")
    print(f"  all sent {time.monotonic() - healed:.1f} s after it was well, {taken:,} calls for it")
    return waiting == taken == COUNT and tries <= ERRORS_GOAL and most <= 1


def _gateway(stack: Stack, name: str, weight: int = 1) -> NewAccount:
    url = f"http://127.0.0.1:{stack.stub_ports['http']}/{name}/messages"
    options = {"url": url, "body": "{{ text | json }}", "reference": "/sid"}
    return NewAccount(kind="http", name=name, weight=weight, options=options)


def _accept(port: int, customer: Customer, count: int) -> None:
    items = [people.notify_body(number) for number in range(count)]
    call(port, "/notifications/batch", {"items": items}, customer.key)


def _seconds_until_first_takes(stack: Stack, port: int, customer: Customer) -> float:
    """A message now and then, as ever; until the account that was down takes some again."""
    begun = time.monotonic()
    while stack.stub_took()["by_pause"].get("first", 0) < 1:
        stack.check()
        if time.monotonic() - begun > CLOSES_WITHIN:
            raise MeasureError("The breaker of an account that is well again did not close.")
        _accept(port, customer, 1)
        time.sleep(0.25)
    return time.monotonic() - begun


def _share_of_first(stack: Stack, port: int, customer: Customer) -> float:
    time.sleep(2.0)  # for what is under way, which was routed before
    before = stack.stub_took()["by_pause"]
    sent = sum(before.get(name, 0) for name in WEIGHTS)
    _accept(port, customer, AFTERWARDS)
    _wait_until_sent(stack, customer, sent + AFTERWARDS, 60.0)
    return float((stack.stub_took()["by_pause"]["first"] - before["first"]) / AFTERWARDS)


def _wait_until_sent(stack: Stack, customer: Customer, count: int, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while (sent := _one(_SENT, customer)) < count:
        stack.check()
        if time.monotonic() > ends:
            raise MeasureError(f"Only {sent} of {count} were sent within {seconds:.0f} s.")
        time.sleep(0.25)


_SENT = "SELECT count(*) FROM {schema}.notifications_delivery WHERE status = 'sent'"
_LEFT_WITHIN = """
SELECT count(*) FROM {schema}.delivery_attempt attempt
JOIN {schema}.notifications_delivery delivery ON delivery.id = attempt.delivery_id
JOIN {schema}.delivery_provideraccount account ON account.id = attempt.account_id
WHERE attempt.outcome = 'accepted' AND account.name = 'second'
    AND attempt.started_at - delivery.created_at <= make_interval(secs => %(seconds)s)
"""
_FIRST_ERRORS = """
SELECT count(*) FROM {schema}.delivery_attempt
WHERE outcome = 'refused' AND started_at < make_interval(secs => %(seconds)s) + (
    SELECT min(started_at) FROM {schema}.delivery_attempt WHERE outcome = 'refused'
)
"""


def _one(statement: str, customer: Customer, seconds: float = 0.0) -> int:
    from tenants.schemas import TenantWork, run_for_tenants

    (answer,) = run_for_tenants(
        [TenantWork(customer.schema, [(statement, {"seconds": seconds})])],
    )
    if isinstance(answer, Exception):
        raise answer
    return int(answer[0][0][0])


def _line(customer: Customer) -> tuple[int, int, int]:
    """Entries of the customer that wait; the tries used up by all, and by one at most."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(tries), 0), coalesce(max(tries), 0)"
            " FROM public.bus_outboxentry WHERE tenant_id = %s",
            [customer.id],
        )
        row: tuple[Any, ...] = cursor.fetchone()
    return int(row[0]), int(row[1]), int(row[2])


if __name__ == "__main__":
    sys.exit(main())
