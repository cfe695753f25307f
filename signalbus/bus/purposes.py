"""Why an entry stands in the line. Pure."""

from enum import StrEnum


class Purpose(StrEnum):
    """What the worker is to do when the entry's time comes."""

    SEND = "send"
    RECONCILE = "reconcile"
    WATCH = "watch"  # no receipt of delivery by now?
    MESSAGE = "message"
