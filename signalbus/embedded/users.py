"""Users to run servers as: PostgreSQL refuses to be run by root."""

import pwd
from typing import Any

from signalbus.embedded.errors import StackError
from signalbus.embedded.paths import is_root

UNPRIVILEGED = ("nobody", "daemon")


def server_owner() -> tuple[int, int] | None:
    """Return uid and gid of the user whom root lets run PostgreSQL; None where there is no need.

    Raises:
        StackError: root finds no user without rights; initdb wants one that passwd knows.
    """
    if not is_root():
        return None
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise StackError(
        f"PostgreSQL refuses to run as root, and there is no user {' or '.join(UNPRIVILEGED)}.",
        remedy="start the stack as a user other than root, or set DATABASE_URL to a server",
    )


def dropping_to(user: tuple[int, int] | None) -> dict[str, Any]:
    """Return the options of subprocess that make a command run as the user, if one is given."""
    return {"user": user[0], "group": user[1], "extra_groups": []} if user else {}
