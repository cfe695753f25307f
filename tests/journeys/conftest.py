"""Fixtures of the journeys."""

from tests.journeys.sinks import mailbox, twilio

__all__ = ["mailbox", "twilio"]
