"""What the simulator answers, by address; the table that users see is in its documentation."""

from dataclasses import dataclass
from datetime import timedelta

from delivery.errors import DeliveryError, ErrorClass
from delivery.receipts.events import EventKind

DIGITS = 4  # of a phone number, which decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """`error` answers the first `failures` attempts; every later one is accepted."""

    error: DeliveryError | None = None
    failures: int = 0
    receipts: tuple[EventKind, ...] = (EventKind.DELIVERED,)
    seconds: float = 0.0

    def error_at(self, attempt: int) -> DeliveryError | None:
        """The error of the given attempt (from 1), or None where it is accepted."""
        return self.error if attempt <= self.failures else None


ALWAYS = 1_000_000
TEMPORARY = DeliveryError(
    error_class=ErrorClass.PROVIDER_DOWN, code="503", detail="Simulated: temporarily out of order."
)
REFUSED = Behaviour(
    error=DeliveryError(
        error_class=ErrorClass.BAD_ADDRESS, code="550", detail="Simulated: no such address."
    ),
    failures=ALWAYS,
)
OPTED_OUT = Behaviour(
    error=DeliveryError(
        error_class=ErrorClass.OPTED_OUT, code="21610", detail="Simulated: recipient opted out."
    ),
    failures=ALWAYS,
)
THROTTLED = Behaviour(
    error=DeliveryError(
        error_class=ErrorClass.BUSY,
        code="429",
        detail="Simulated: too many requests.",
        retry_after=timedelta(seconds=2),
    ),
    failures=1,
)
TIMED_OUT = Behaviour(
    error=DeliveryError(
        error_class=ErrorClass.UNKNOWN_OUTCOME,
        code="timeout",
        detail="Simulated: no answer after the request was taken.",
    ),
    failures=ALWAYS,
)
FLAKY = Behaviour(error=TEMPORARY, failures=2)
DOWN = Behaviour(error=TEMPORARY, failures=ALWAYS)
SLOW = Behaviour(seconds=3.0)
DELIVERED = Behaviour()

BY_LOCAL_PART = {
    "bounced": Behaviour(receipts=(EventKind.BOUNCED,)),
    "complained": Behaviour(receipts=(EventKind.DELIVERED, EventKind.COMPLAINED)),
    "invalid": REFUSED,
    "flaky": FLAKY,
    "down": DOWN,
    "throttled": THROTTLED,
    "slow": SLOW,
    "timeout": TIMED_OUT,
}
BY_LAST_DIGITS = {
    "0001": REFUSED,
    "0010": OPTED_OUT,
    "0020": FLAKY,
    "0021": DOWN,
    "0029": THROTTLED,
    "0030": SLOW,
    "0031": TIMED_OUT,
}


def behaviour(address: str) -> Behaviour:
    """What happens to a message to this e-mail address or phone number."""
    local, at, _ = address.partition("@")
    if at:
        return BY_LOCAL_PART.get(local.partition("+")[0].lower(), DELIVERED)
    return BY_LAST_DIGITS.get(address[-DIGITS:], DELIVERED)
