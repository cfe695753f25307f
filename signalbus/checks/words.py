"""How a check speaks: the variable first, then what is wrong with it; the remedy is the hint."""

from django.core import checks
from django.core.checks import CheckMessage, Error

TAG = "signalbus"


def wrong(variable: str, what: str, remedy: str) -> CheckMessage:
    """What keeps a process from starting."""
    return Error(f"{variable} {what}", hint=remedy, id=f"{TAG}.E.{variable}")


def doubtful(variable: str, what: str, remedy: str) -> CheckMessage:
    """What works, but seldom as it is meant."""
    return checks.Warning(f"{variable} {what}", hint=remedy, id=f"{TAG}.W.{variable}")
