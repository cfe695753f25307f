"""Who takes what people send to the accounts' numbers and addresses: one function a channel."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from delivery.receipts.events import Inbound

Receiver = Callable[[Sequence[Inbound]], None]

_receivers: dict[str, Receiver] = {}


def register(channel: str, receiver: Receiver) -> None:
    """Let `receiver` have the channel's inbound messages, from when the apps are ready.

    It is called outside any transaction, may get the same message again, and what it raises makes
    the provider repeat it.
    """
    _receivers[channel] = receiver


def receive(messages: Sequence[Inbound]) -> int:
    """Hand messages to their channels' receivers; how many had one."""
    by_channel: defaultdict[str, list[Inbound]] = defaultdict(list)
    for message in messages:
        if message.channel in _receivers:
            by_channel[message.channel].append(message)
    for channel, several in by_channel.items():
        _receivers[channel](several)
    return sum(map(len, by_channel.values()))
