"""Which topics a misspelt one may have meant. Pure."""

from collections.abc import Iterable

from signalbus.api.hints import near_names

# Comparing takes up to 2 ms for this many names, in the transaction of others too.
MOST_KNOWN = 200
LONGEST = 50
MOST_GUESSES = 5


class NearTopics:
    """Guesses for the topics of one transaction; each is made once, and only a few in all."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = [topic for topic in known if len(topic) <= LONGEST][:MOST_KNOWN]
        self._made: dict[str, list[str]] = {}

    def of(self, topic: str) -> list[str]:
        """The topics that are nearly that one, the nearest first; none where that is too dear."""
        if topic not in self._made and len(topic) <= LONGEST and len(self._made) < MOST_GUESSES:
            self._made[topic] = near_names(topic, self._known)
        return self._made.get(topic, [])
