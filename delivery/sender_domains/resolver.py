"""Questions to DNS, by the system's resolvers."""

import time

import dns.exception
import dns.resolver

from delivery.sender_domains.values import UnansweredError

EACH = 2.0  # seconds for a question
ALTOGETHER = 6.0  # seconds for all of one check; what is left then stays unknown
NOTHING_THERE = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


class Questions:
    """The questions of one check: each is asked once, and not for ever."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver
        self._until = time.monotonic() + ALTOGETHER
        self._known: dict[str, list[str]] = {}
        self.all_answered = True

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name in order of their text, CNAMEs followed.

        Raises UnansweredError.
        """
        key = name.lower().rstrip(".")
        if key not in self._known:
            self.all_answered, before = False, self.all_answered
            self._known[key] = self._ask(key)
            self.all_answered = before
        return self._known[key]

    def _ask(self, name: str) -> list[str]:
        left = self._until - time.monotonic()
        if left <= 0:
            raise UnansweredError(f"it took longer than {ALTOGETHER:g} seconds.")
        try:
            answer = self._opened().resolve(name, "TXT", lifetime=min(EACH, left))
        except NOTHING_THERE:
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise UnansweredError(f"{name}: {type(error).__name__}.") from error
        return sorted(b"".join(row.strings).decode("utf-8", "replace") for row in answer)

    def _opened(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            self._resolver = dns.resolver.Resolver()
        return self._resolver


def questions() -> Questions:
    """For one check."""
    return Questions()
