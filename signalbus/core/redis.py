"""Redis as the rest of Signalbus sees it: a shared client, and hints to the relays."""

from signalbus.core.hints import HintListener, hint
from signalbus.core.redis_pool import client

__all__ = ["HintListener", "client", "hint"]
