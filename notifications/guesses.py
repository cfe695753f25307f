"""Which names misspelt ones may have meant. Pure."""

from collections.abc import Iterable

from signalbus.api.hints import near_names

# Comparing takes up to 2 ms for this many names, in the transaction of others too.
MOST_KNOWN = 200
LONGEST = 50
MOST_GUESSES = 5


class Guesses:
    """Guesses for the names of one transaction; each is made once, and only a few in all."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = [name for name in known if len(name) <= LONGEST][:MOST_KNOWN]
        self._made: dict[str, list[str]] = {}

    def of(self, name: str) -> list[str]:
        """The names that are nearly that one, the nearest first; none where that is too dear."""
        if name not in self._made and len(name) <= LONGEST and len(self._made) < MOST_GUESSES:
            self._made[name] = near_names(name, self._known)
        return self._made.get(name, [])
