"""Who takes what people send to the accounts' numbers and addresses: one function a channel."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from delivery.receipts.events import Inbound

Receiver = Callable[[Sequence[Inbound]], int]

_receivers: dict[str, Receiver] = {}


def register(channel: str, receiver: Receiver) -> None:
    """Let `receiver` have the channel's inbound messages, from when the apps are ready.

    It is called outside any transaction, may get the same message again, and what it raises makes
    the provider repeat it. It answers with how many of them it could do something with.
    """
    _receivers[channel] = receiver


def receive(messages: Sequence[Inbound]) -> int:
    """Hand messages to their channels' receivers; how many these could do something with."""
    by_channel: defaultdict[str, list[Inbound]] = defaultdict(list)
    for message in messages:
        if message.channel in _receivers:
            by_channel[message.channel].append(message)
    return sum(_receivers[channel](several) for channel, several in by_channel.items())
