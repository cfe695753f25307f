"""The notifications of what a redrive took or put back, locked in the order of their ids first.

As notifications.status_sql, whose lists of ids would be of 100,000 here. `which` says `redrive` and
`stopped`.
"""

from collections.abc import Mapping
from typing import Any

from delivery.redrives import sql
from notifications.database import run
from notifications.states import PRECEDENCE


def queue(which: Mapping[str, Any]) -> None:
    """Open again, those whose deliveries have just been put into the line."""
    run(sql.LOCK_NOTIFICATIONS, which)
    run(sql.QUEUE, which)


def recompute(which: Mapping[str, Any]) -> None:
    """Computed anew from all of their deliveries."""
    run(sql.LOCK_NOTIFICATIONS, which)
    run(sql.RECOMPUTE, {**which, "precedence": [status.value for status in PRECEDENCE]})
