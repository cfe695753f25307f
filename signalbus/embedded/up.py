"""`make up`: from whatever is there to a stack that answers and has delivered."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from signalbus.embedded import preparation, stack
from signalbus.embedded.command_lock import one_at_a_time
from signalbus.embedded.demo import show_deliveries
from signalbus.embedded.errors import StackError
from signalbus.embedded.files import write_text
from signalbus.embedded.paths import Home
from signalbus.embedded.plan import Plan, make_plan
from signalbus.embedded.progress import say, step
from signalbus.embedded.readiness import readiness
from signalbus.embedded.report import print_access
from signalbus.embedded.status import print_processes
from signalbus.embedded.supervisor import wanted_units

READY_SECONDS = 60.0
POLL_SECONDS = 0.2


def up(home: Home, environment: Mapping[str, str] = os.environ) -> int:
    """Start or update the stack; when all is as it should be, say so.

    The demo is sent by a call that starts the stack, until it went through once, and whenever
    DEMO=1 asks for it. A demo that fails makes the exit code 1 only until it went through once.
    """
    with one_at_a_time(home):
        stack.stop_left_behind(home)
        plan = make_plan(home)
        started = stack.supervisor(home) is None
        _bring_up(plan)
        wanted = started or not home.demo_shown.exists() or environment.get("DEMO") == "1"
        code = _demo(home) if wanted else 0
    print_access(home, whole=started)
    if not wanted:
        say("No demo was sent; `make up DEMO=1` sends one.")
    return code


def _bring_up(plan: Plan) -> None:
    if _as_planned(plan):
        say("Signalbus runs already, and is up to date.")
        print_processes(plan.home)
        return
    with _undone_on_failure(plan.home):
        _start(plan)


def _demo(home: Home) -> int:
    """Send it, and mark in the data that it was shown once; the exit code."""
    shown = show_deliveries(home)
    if shown and not home.demo_shown.exists():
        write_text(home.demo_shown, "")
    return 0 if shown or home.demo_shown.exists() else 1


def _as_planned(plan: Plan) -> bool:
    return (
        stack.ready(plan.home, plan.units)
        and preparation.prepared(plan)
        and readiness(plan.http_port).ok
    )


def _start(plan: Plan) -> None:
    home, servers = plan.home, plan.server_units
    running = wanted_units(home) if stack.supervisor(home) else []
    names = {unit.name for unit in servers}
    stack.want(home, [*servers, *(unit for unit in running if unit.name not in names)])
    if servers:
        _await_servers(plan)
    if not preparation.prepared(plan):
        preparation.prepare(plan)
    _start_processes(plan)


def _await_servers(plan: Plan) -> None:
    with step("Starting " + ", ".join(unit.version for unit in plan.server_units)):
        stack.await_ready(plan.home, plan.server_units)
        if plan.servers.postgres:
            plan.servers.postgres.ensure_database()


def _start_processes(plan: Plan) -> None:
    stack.want(plan.home, plan.units)
    with step("Starting " + ", ".join(unit.name for unit in plan.process_units)):
        stack.await_ready(plan.home, plan.process_units)
    with step("Waiting until Signalbus says that it is ready"):
        _await_readiness(plan)


def _await_readiness(plan: Plan) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not (found := readiness(plan.http_port)).ok:
        if time.monotonic() > deadline:
            raise StackError(
                f"http://127.0.0.1:{plan.http_port}/readyz says {found}.",
                log=plan.home.log / "web.log",
                remedy="see the log, then run `make up` again",
            )
        time.sleep(POLL_SECONDS)


@contextmanager
def _undone_on_failure(home: Home) -> Iterator[None]:
    """Stop what the block started if it fails; what ran before goes on as it was."""
    before = wanted_units(home) if stack.supervisor(home) else []
    try:
        yield
    except BaseException:
        say("Undoing what was started.")
        if before:
            stack.want(home, before)
        else:
            stack.stop(home)
        raise
