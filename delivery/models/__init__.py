"""The tables of each tenant that say what became of what was asked."""

from delivery.models.accounts import CHANNELS, ProviderAccount, credentials_context
from delivery.models.attempts import Attempt, Receipt, UnmatchedReceipt
from delivery.models.dead_letters import DeadLetter
from delivery.models.live import Listening, Move
from delivery.models.redrives import Redrive, RedrivenDelivery
from delivery.models.sandbox import SandboxMessage
from delivery.models.statistics import Tally, TallyChange

__all__ = [
    "CHANNELS",
    "Attempt",
    "DeadLetter",
    "Listening",
    "Move",
    "ProviderAccount",
    "Receipt",
    "Redrive",
    "RedrivenDelivery",
    "SandboxMessage",
    "Tally",
    "TallyChange",
    "UnmatchedReceipt",
    "credentials_context",
]
