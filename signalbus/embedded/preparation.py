"""Brings database, streams and demo tenants up to date by Signalbus's own commands."""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from typing import Any

from signalbus.embedded.errors import StackError
from signalbus.embedded.files import private_folder, read_json, write_json
from signalbus.embedded.last_word import last_word
from signalbus.embedded.paths import CLONE, Home, environment_python
from signalbus.embedded.plan import Plan
from signalbus.embedded.progress import step

# title, command, and whether the trial broker has to do without
STEPS = (
    ("Migrating the database", ("migrate_schemas",), False),
    ("Creating the streams", ("create_streams",), True),
    ("Keeping schemas ready for new tenants", ("ensure_spares",), False),
)
STAMP = "prepared.json"


def prepared(plan: Plan) -> bool:
    """Return whether this code has prepared these very servers before."""
    return plan.home.demo.exists() and bool(read_json(plan.home.run / STAMP) == _stamp(plan))


def prepare(plan: Plan) -> None:
    """Run every step, each of which only does what is missing, and remember that it is done.

    Raises:
        StackError: a command failed.
    """
    home, environment = plan.home, plan.command_environment()
    for title, command, needs_administration in STEPS:
        if not (plan.trial and needs_administration):
            with step(title):
                manage(home, environment, command)
    with step("Setting up the demo tenants acme and globex"):
        _set_up_demo(home, environment)
    write_json(home.run / STAMP, _stamp(plan))


def manage(home: Home, environment: Mapping[str, str], command: tuple[str, ...]) -> str:
    """Run one of Signalbus's commands and return what it printed.

    Raises:
        StackError: it failed; its complaint is in the log.
    """
    log = private_folder(home.log) / "preparation.log"
    with log.open("ab") as output:
        answer = subprocess.run(
            [environment_python(), "manage.py", *command],
            cwd=CLONE,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            check=False,
        )
    if answer.returncode:
        raise StackError(
            f"`manage.py {' '.join(command)}` failed: {last_word(log)}",
            log=log,
            remedy="mend what the log names, then run `make up` again",
        )
    return answer.stdout.decode()


def _set_up_demo(home: Home, environment: Mapping[str, str]) -> None:
    """Make the demo tenants and write their log-ins and keys, keeping those that still hold."""
    known = ("--known", str(home.demo)) if home.demo.exists() else ()
    found: dict[str, Any] = json.loads(manage(home, environment, ("demo_setup", "--json", *known)))
    port = environment["SIGNALBUS_PORT"]
    found["platform"] = {"console_url": f"http://localhost:{port}/admin/", **found["platform"]}
    for tenant in found["tenants"].values():
        tenant["console_url"] = f"http://{tenant['host']}:{port}/admin/"
    write_json(home.demo, {"base_url": f"http://localhost:{port}", **found})


def _stamp(plan: Plan) -> dict[str, str]:
    environment = plan.command_environment()
    names = ("DATABASE_URL", "KAFKA_BROKERS", "SIGNALBUS_PORT", "SIGNALBUS_STREAM_PREFIX")
    facts = json.dumps([*(environment.get(name) for name in names), *plan.servers.births()])
    return {"code": plan.code, "servers": hashlib.sha256(facts.encode()).hexdigest()}
