"""A mail server of the consoles' that takes a mail and does not answer until it is let."""

from threading import Event
from typing import Any

import pytest

from tenants.operators import mail


class Held:
    """Takes the place of sending: `waiting` is set where a mail waits, `answers` lets it go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting, self.answers = Event(), Event()
        monkeypatch.setattr(mail, "EmailMessage", self._mail)

    def _mail(self, *_: Any, **__: Any) -> "Held":
        return self

    def send(self) -> None:
        self.waiting.set()
        assert self.answers.wait(30)
