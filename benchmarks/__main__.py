"""`make bench`: calibration, accepting, draining, latency; under four minutes on two cores."""

import argparse
import os
from pathlib import Path

from benchmarks import accepting, draining, latency, people
from benchmarks.report import Report
from benchmarks.stack import ROOT, Stack

DRAINED = 20_000
SLOW_DRAINED = 4_000
TENANTS = 100
MEASURES = ("accept", "drain", "tenants", "smtp", "twilio", "latency")


def main() -> None:
    """Run the measures named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", choices=[[], *MEASURES], default=[])
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench.json")
    parser.add_argument("--latency-seconds", type=float, default=60.0)
    options = parser.parse_args()
    stack = Stack()
    try:
        _measure(stack, set(options.measures or MEASURES), options)
    finally:
        stack.close()


def _measure(stack: Stack, wanted: set[str], options: argparse.Namespace) -> None:
    report = Report()
    customer, port = _prepare(stack)
    if "accept" in wanted:
        _accept(stack, report, port, customer)
    if "drain" in wanted:
        _drain(stack, report, port, customer)
    if "tenants" in wanted:
        _over_tenants(stack, report, port)
    _slow_providers(stack, report, port, customer, wanted)
    if "latency" in wanted:
        figures = latency.post_to_provider(stack, port, customer, options.latency_seconds)
        met = figures["p50_ms"] < 30 and figures["p99_ms"] < 150
        report.add("POST to provider, 10/s", figures, "p50 < 30, p99 < 150 ms", met)
    report.print()
    report.write(options.json)


def _prepare(stack: Stack) -> tuple[people.Customer, int]:
    stack.manage("migrate_schemas", "--verbosity", "0")
    stack.manage("create_streams")
    os.environ["DJANGO_SETTINGS_MODULE"] = "signalbus.settings"
    import django

    django.setup()
    return people.make_customer("bench"), stack.web()


def _accept(stack: Stack, report: Report, port: int, customer: people.Customer) -> None:
    report.add("calibration: INSERT, one commit each", accepting.inserts(stack))
    report.add("calibration: do-nothing view, 1 connection", accepting.nothing(port, customer, 1))
    mark = accepting.nothing(port, customer, 32)
    report.add("calibration: do-nothing view, 32 connections", mark)
    report.add("accept one, 1 connection", accepting.single(port, customer, 1))
    one = accepting.single(port, customer, 32)
    goal = mark["rate"] / 4
    report.add("accept one, 32 connections", one, f"{goal:,.0f}/s", one["rate"] >= goal)
    batches = accepting.batches(port, customer)
    report.add("accept batches of 1,000", batches, "8,000/s", batches["rate"] >= 8_000)
    _forget_queue()


def _drain(stack: Stack, report: Report, port: int, customer: people.Customer) -> None:
    figures = draining.drain(stack, port, [customer], DRAINED)
    report.add("drain, simulator", figures, "2,000/s", figures["rate"] >= 2_000)


def _over_tenants(stack: Stack, report: Report, port: int) -> None:
    customers = [people.make_customer(f"bench-{number}") for number in range(TENANTS)]
    figures = draining.drain(stack, port, customers, DRAINED)
    alone = next((row for row in report.rows if row["measure"] == "drain, simulator"), None)
    goal = alone["rate"] * 0.8 if alone else 1_600
    met = figures["rate"] >= goal
    report.add(f"drain, simulator, {TENANTS} tenants", figures, f"{goal:,.0f}/s", met)


def _slow_providers(
    stack: Stack, report: Report, port: int, customer: people.Customer, wanted: set[str]
) -> None:
    if not wanted & {"smtp", "twilio"}:
        return
    ports = stack.stub()
    if "smtp" in wanted:
        options = {"host": "127.0.0.1", "port": ports["smtp"], "tls": "none", "from": "a@b.example"}
        people.set_account(customer.schema, "email", "smtp", options)
        figures = draining.drain(stack, port, [customer], SLOW_DRAINED)
        report.add("drain, SMTP at 50 ms", figures, "500/s", figures["rate"] >= 500)
        people.set_account(customer.schema, "email", "simulator", {})
    if "twilio" in wanted:
        base = f"http://127.0.0.1:{ports['http']}"
        options = {"base_url": base, "from": "+15005550006"}
        secrets = {"account_sid": "AC" + "0" * 32, "auth_token": "0" * 32}
        people.set_account(customer.schema, "sms", "twilio", options, secrets)
        figures = draining.drain(stack, port, [customer], SLOW_DRAINED, "sms")
        report.add("drain, Twilio at 50 ms", figures, "500/s", figures["rate"] >= 500)


def _forget_queue() -> None:
    """What accepting queued is not delivered; the drains begin with an empty line."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE public.bus_outboxentry")


if __name__ == "__main__":
    main()
