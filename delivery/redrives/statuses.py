"""The notifications of what a redrive took or put back, computed anew as everywhere."""

from collections.abc import Mapping
from typing import Any

from delivery.redrives import sql
from notifications.database import run
from notifications.states import PRECEDENCE


def recompute(which: Mapping[str, Any]) -> None:
    """Lock them in the order of their ids, then write; `which` says `redrive` and `stopped`.

    As notifications.status_sql, whose lists of ids would be of 100,000 here.
    """
    run(sql.LOCK_NOTIFICATIONS, which)
    run(sql.RECOMPUTE, {**which, "precedence": [status.value for status in PRECEDENCE]})
