"""`manage.py redrive --tenant TENANT --filter NAME=VALUE …`"""

from argparse import ArgumentParser
from collections.abc import Iterable
from time import sleep
from typing import Any
from uuid import UUID

import msgspec
from django.core.management.base import BaseCommand, CommandError

from delivery import redrives
from delivery.models import Redrive
from delivery.redrives import LIMIT, MOST, Counted, Order, Progress, RedriveFilter, State
from delivery.redrives.filters import NAMES
from signalbus.api.moments import bring_in
from signalbus.api.problems import Problem
from tenants.context import in_tenant
from tenants.management.tenant_argument import tenant_named
from tenants.models import Mode

ACTOR = "manage.py redrive"
LOOK_SECONDS = 1.0


class Command(BaseCommand):
    help = "Redrive what a filter finds, and tell how far it has come until it is done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="the tenant's name")
        parser.add_argument("--mode", choices=Mode.values, default=Mode.LIVE.value)
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"one or more of {', '.join(NAMES)}; repeat it to combine them",
        )
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--limit", type=int, default=LIMIT, help=f"at most, up to {MOST}")
        parser.add_argument("--rate", type=float, help="deliveries that come due in a second")
        parser.add_argument("--account", help="the only account to send through, by name or id")
        parser.add_argument("--stop", type=UUID, metavar="ID", help="stop that redrive instead")

    def handle(self, *_: Any, **options: Any) -> None:
        with in_tenant(tenant_named(options["tenant"])):
            try:
                self._run(options)
            except Problem as problem:
                raise CommandError(problem.detail) from problem

    def _run(self, options: dict[str, Any]) -> None:
        if options["stop"]:
            stopped = redrives.stop(options["mode"], options["stop"], ACTOR)
            self.stdout.write(f"Stopped: {stopped.stopped} are as before.")
            return
        order = _order(options)
        if options["dry_run"]:
            self._tell(redrives.count(order), "would be redriven.")
            return
        begun = redrives.begin(order)
        self._tell(begun.counted, f"are in the line again. Redrive {begun.redrive.id}")
        try:
            self._follow(begun.redrive)
        except KeyboardInterrupt:
            stop = f"manage.py redrive --tenant {options['tenant']} --mode {options['mode']}"
            self.stdout.write(f"\nIt goes on by itself. {stop} --stop {begun.redrive.id} stops it.")

    def _tell(self, counted: Counted, what: str) -> None:
        self.stdout.write(f"{counted.count} {what}")
        if counted.left_count:
            self.stdout.write(f"{counted.left_count} stay as they are, such as:")
        for each in counted.left[:3]:
            self.stdout.write(f"  {each.detail}")

    def _follow(self, redrive: Redrive) -> None:
        """A line whenever it has come further, until nothing of it waits."""
        told = -1
        while True:
            progress = _progress(redrive)
            if progress.done != told:
                self.stdout.write(_line(progress))
                told = progress.done
            if not progress.waiting:
                return
            sleep(LOOK_SECONDS)


def _progress(redrive: Redrive) -> Progress:
    redrive.refresh_from_db()
    (progress,) = redrives.progress_of([redrive])
    return progress


def _line(progress: Progress) -> str:
    counts = redrives.counts_of(progress.redrive)
    ends = ", ".join(f"{number} {word}" for word, number in counts.items())
    stopped = f", {progress.redrive.stopped} stopped" if progress.state is State.STOPPED else ""
    return f"{progress.done} of {progress.redrive.count} done{stopped} ({ends or 'none'})"


def _order(options: dict[str, Any]) -> Order:
    rate, limit = options["rate"], options["limit"]
    if rate is not None and rate <= 0:
        raise CommandError("--rate takes a number above 0.")
    if not 1 <= limit <= MOST:
        raise CommandError(f"--limit takes a whole number from 1 to {MOST}.")
    return Order.of(
        mode=options["mode"],
        actor=ACTOR,
        wanted=_filter(options["filter"]),
        limit=limit,
        rate=rate,
        account=options["account"],
    )


def _filter(pairs: Iterable[str]) -> RedriveFilter:
    named = dict(pair.partition("=")[::2] for pair in pairs)
    try:
        found = msgspec.convert(named, RedriveFilter, strict=False)
    except msgspec.ValidationError as error:
        raise CommandError(f"--filter takes NAME=VALUE: {error}.") from error
    for wrong in bring_in(found):
        raise CommandError(f"--filter {wrong.pointer[1:]}: {wrong.detail}")
    return found
