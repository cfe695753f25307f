"""One run: accept and kill, let everything settle, compare."""

import time
from pathlib import Path

from benchmarks import people
from benchmarks.chaos import findings
from benchmarks.chaos.clients import Crowd
from benchmarks.chaos.findings import FINAL, Findings
from benchmarks.chaos.killer import Killer
from benchmarks.chaos.patience import patiently
from benchmarks.draining import forget_queue
from benchmarks.errors import MeasureError
from benchmarks.stack import Stack

CLIENTS = 8
PER_SECOND = 300.0  # of all clients: what keeps everything busy while it is being killed
MAX_IN_FLIGHT = 32
VISIBILITY = 20.0  # seconds, of all lanes, so that a run ends soon
SETTLE = VISIBILITY + 30.0  # what a delivery may wait after the last kill
WENT_ON = 5.0  # seconds from a worker's start to its first delivery
JOURNAL = "journal.jsonl"


def prepare(stack: Stack) -> int:
    """Everything running; the port of the web processes."""
    stack.manage("migrate_schemas", "--verbosity", "0")
    stack.manage("create_streams")
    people.begin()
    settings = {
        "SIGNALBUS_VISIBILITY": str(VISIBILITY),
        "SIGNALBUS_VISIBILITY_HIGH": str(VISIBILITY),
        "SIGNALBUS_RETRY_FIRST": "0.5",
    }
    port = stack.web(**settings)
    stack.run("relay", "run_relay", **settings)
    stack.run(
        "worker",
        "run_email_worker",
        "--max-in-flight",
        str(MAX_IN_FLIGHT),
        "--slot",
        "chaos",
        SIMULATOR_JOURNAL=str(stack.home / JOURNAL),
        **settings,
    )
    return port


def run(stack: Stack, port: int, seed: int, count: int) -> Findings:
    """Accept `count` notifications among kills in that seed's order."""
    patiently(forget_queue)
    journal = stack.home / JOURNAL
    journal.write_text("")
    customers = [people.make_customer(f"chaos-{seed}-{name}") for name in ("acme", "globex")]
    crowd = Crowd(port, customers, CLIENTS, count, PER_SECOND)
    killer = Killer(stack, seed)
    crowd.start()
    while crowd.busy:
        killer.kill_one()
    last = max(killer.kills, key=lambda kill: kill.answered)
    _settle(customers, crowd, last.answered)
    found = _compare(crowd, killer, journal)
    found.problems += _ended(stack)
    return found


def _ended(stack: Stack) -> list[str]:
    """The processes that have ended by themselves, with the ends of their logs."""
    try:
        stack.check()
    except MeasureError as error:
        return [str(error)]
    return []


def _settle(customers: list[people.Customer], crowd: Crowd, since: float) -> None:
    """Until nothing is open any more, or the time for it is over."""
    while time.time() < since + SETTLE + 10.0:
        states = patiently(lambda: findings.stored(customers))
        if all(each.status in FINAL for each in states.values()) and not crowd.busy:
            return
        time.sleep(0.5)


def _compare(crowd: Crowd, killer: Killer, path: Path) -> Findings:
    states = patiently(lambda: findings.stored(crowd.customers))
    lines = findings.journal(path)
    asked = set().union(*crowd.accepted.values())
    final = {key for key in asked if key in states and states[key].status in FINAL}
    twice = findings.sent_twice(lines)
    taken = [float(line["time"]) for line in lines]
    last = max(kill.answered for kill in killer.kills)
    settled = [each.settled_at.timestamp() for each in states.values() if each.settled_at]
    found = Findings(
        seed=killer.seed,
        accepted=len(asked),
        final=len(final),
        missing=len(asked - final),
        unasked=len(states.keys() - asked),
        twice=len(twice),
        unmarked=sum(not states[key].possibly_repeated for key in twice if key in states),
        allowed_twice=sum(kill.in_hand for kill in killer.kills),
        kills=len(killer.kills),
        longest_after_last_kill=max(max(settled, default=0.0) - last, 0.0),
        allowed_after_last_kill=SETTLE,
        silences=findings.silences(taken, killer.kills, since_start=False),
        worker_went_on=findings.silences(taken, killer.kills, since_start=True).get("worker", 0.0),
    )
    found.problems = [*crowd.stuck, *_problems(found, crowd.count)]
    if found.missing:
        found.problems += patiently(findings.left)
    return found


def _problems(found: Findings, count: int) -> list[str]:
    checks = {
        f"{count - found.accepted} of {count} were not accepted": found.accepted == count,
        f"{found.missing} accepted ones are missing": not found.missing,
        f"{found.unasked} were made that nobody was told of": not found.unasked,
        f"{found.unmarked} were sent twice without a mark": not found.unmarked,
        f"{found.twice} were sent twice": found.twice <= found.allowed_twice,
        f"one waited {found.longest_after_last_kill:.0f} s": (
            found.longest_after_last_kill < found.allowed_after_last_kill
        ),
        f"a worker took {found.worker_went_on:.1f} s to go on": found.worker_went_on <= WENT_ON,
    }
    return [problem for problem, kept in checks.items() if not kept]
