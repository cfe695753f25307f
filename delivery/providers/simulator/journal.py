"""The simulator's journal: a line of JSON for each message it was given, before it answers.

A line is written at once and by itself (O_APPEND), so several processes may share the file, and
what a process wrote outlives its being killed: the kernel has it. Addresses appear as a digest.
"""

import os
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from time import time

import msgspec
from django.conf import settings

from delivery.providers.base import Message

DIGEST_CHARACTERS = 16


def journal(calls: Iterable[tuple[Message, str]]) -> None:
    """Appends one line for each message and outcome; nothing where SIMULATOR_JOURNAL is empty."""
    path = settings.SIMULATOR_JOURNAL
    if not path:
        return
    file = _opened(path, os.getpid())
    for message, outcome in calls:
        os.write(file, _line(message, outcome))


@cache
def _opened(path: str, process: int) -> int:  # noqa: ARG001 - a part of the cache's key
    """The file's descriptor, one for each process."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _line(message: Message, outcome: str) -> bytes:
    entry = {
        "time": time(),
        "tenant": message.schema,
        "mode": message.mode,
        "channel": message.channel,
        "notification": message.notification,
        "delivery": message.delivery,
        "attempt": message.attempt,
        "number": message.number,
        "key": message.key,
        "address": sha256(message.to.encode()).hexdigest()[:DIGEST_CHARACTERS],
        "possibly_repeated": message.possibly_repeated,
        "outcome": outcome,
    }
    return msgspec.json.encode(entry) + b"\n"
