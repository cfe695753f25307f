"""`manage.py doctor`: looks at everything an installation stands on, and says the next step."""

import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

import msgspec
from django.core.management.base import BaseCommand

from signalbus.doctor.examining import examine
from signalbus.doctor.findings import Finding, State, failed

MARKS = {State.OK: "ok  ", State.WARN: "warn", State.FAIL: "FAIL"}


class Command(BaseCommand):
    help = "Probe settings, servers, processes and accounts; exit 1 where something fails."
    requires_system_checks = []  # it tells of them itself

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the findings as JSON")
        parser.add_argument("--dns", action="store_true", help="ask DNS about senders' domains too")

    def handle(self, *_: Any, **options: Any) -> None:
        findings = []
        for finding in examine(dns=options["dns"]):
            findings.append(finding)
            if not options["json"]:
                self.stdout.write(_line(finding))
        self.stdout.write(_json(findings) if options["json"] else _summary(findings))
        if failed(findings):
            sys.exit(1)


def _line(finding: Finding) -> str:
    line = f"{MARKS[finding.state]}  {finding.area:<17}  {finding.says}"
    return f"{line}\n      {'':<17}  → {finding.next_step}" if finding.next_step else line


def _summary(findings: list[Finding]) -> str:
    counts = {state: sum(each.state is state for each in findings) for state in State}
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    return f"\n{told}."


def _json(findings: list[Finding]) -> str:
    body = {"ok": not failed(findings), "findings": [asdict(finding) for finding in findings]}
    return msgspec.json.encode(body).decode()
