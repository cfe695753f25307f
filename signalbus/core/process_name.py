"""What PostgreSQL is told of who connects: `signalbus run_relay`, as pg_stat_activity shows it."""

from collections.abc import Sequence
from pathlib import PurePath

INSTALLATION = "signalbus"
MANAGE = "manage.py"
CELERY = "celery"


def application_name(argv: Sequence[str]) -> str:
    """The name for a process that was started by these words."""
    command = _command(argv)
    return f"{INSTALLATION} {command}" if command else INSTALLATION


def _command(argv: Sequence[str]) -> str:
    if not argv:
        return ""
    program = PurePath(argv[0])
    if program.name == MANAGE:
        return argv[1] if len(argv) > 1 else ""
    return CELERY if CELERY in (program.name, program.parent.name) else ""
