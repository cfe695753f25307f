"""When a failed delivery is tried again: exponential back-off with full jitter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from delivery.errors import DeliveryError, When

AFTER_THE_ASKED_PAUSE = 0.1  # share of a Retry-After that spreads out those who all heard it


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """`first` and `longest` are seconds, `tries` counts provider calls, the first one included.

    Full jitter (any moment between now and the exponential pause) keeps what failed together
    from coming back together: Brooker, "Exponential Backoff And Jitter", AWS, 2015.
    """

    first: float
    factor: float
    longest: float
    tries: int

    def next_delay(
        self, attempt: int, error: DeliveryError, random: Callable[[], float]
    ) -> timedelta | None:
        """The pause after the given attempt (from 1), or None where no other try is made.

        `random` gives numbers from 0 to below 1, such as `random.random`.
        """
        if attempt >= self.tries or not error.rule.retry:
            return None
        if error.retry_after is not None:
            return error.retry_after * (1 + AFTER_THE_ASKED_PAUSE * random())
        return timedelta(seconds=random() * self.ceiling(attempt, error.rule.when))

    def ceiling(self, attempt: int, when: When) -> float:
        """The longest that the pause after this attempt may be, in seconds."""
        if when is When.LATE:
            return self.longest
        try:
            return min(self.longest, self.first * self.factor ** (attempt - 1))
        except OverflowError:
            return self.longest
