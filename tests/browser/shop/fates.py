"""What may become of a delivery, in the words that providers use."""

from dataclasses import dataclass
from random import Random

from notifications.states import Status
from signalbus.bus.streams import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a provider answered to one call; without an error it took the message."""

    error_class: str = ""
    code: str = ""
    detail: str = ""
    outcome: str = "refused"


TAKEN = Call(outcome="accepted", code="250")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """`share` is a weight among those of the channel; `receipt` what the provider said later."""

    share: float
    status: Status
    calls: tuple[Call, ...] = (TAKEN,)
    receipt: str = ""
    code: str = ""
    detail: str = ""
    error_class: str = ""
    reason: str = ""

    @property
    def last(self) -> Call:
        """The call that counts."""
        return self.calls[-1] if self.calls else Call()


GREYLISTED = Call(error_class="busy", code="451", detail="4.7.1 Greylisted, try again in 5 minutes")
NO_USER = Call(error_class="bad_address", code="550", detail="5.1.1 No such user here")
FULL = Call(error_class="unreachable", code="452", detail="4.2.2 The mailbox is over its quota")
SPAM = Call(error_class="content_refused", code="554", detail="5.7.1 Refused as unwanted content")
STOPPED = Call(error_class="opted_out", code="21610", detail="The recipient has replied STOP")
OFF = Call(error_class="unreachable", code="30003", detail="Unreachable destination handset")
NO_NUMBER = Call(error_class="bad_address", code="21211", detail="Not a valid phone number")
DOWN = Call(error_class="provider_down", code="503", detail="Service temporarily unavailable")
SILENT = Call(error_class="unknown_outcome", detail="No answer within 15 s", outcome="unknown")

FATES = {
    Channel.EMAIL: (
        Fate(share=910, status=Status.DELIVERED, receipt="delivered"),
        Fate(share=28, status=Status.SENT),
        Fate(share=22, status=Status.DELIVERED, calls=(GREYLISTED, TAKEN), receipt="delivered"),
        Fate(
            share=9,
            status=Status.BOUNCED,
            receipt="bounced",
            code="5.1.1",
            detail="The address does not exist",
            error_class="bad_address",
        ),
        Fate(share=7, status=Status.FAILED, calls=(NO_USER,), error_class="bad_address"),
        Fate(share=4, status=Status.DEAD, calls=(FULL,) * 5, error_class="unreachable"),
        Fate(share=3, status=Status.FAILED, calls=(SPAM,), error_class="content_refused"),
        Fate(share=14, status=Status.SKIPPED, calls=(), reason="suppressed"),
        Fate(share=3, status=Status.SKIPPED, calls=(), reason="no_contact"),
    ),
    Channel.SMS: (
        Fate(share=930, status=Status.DELIVERED, receipt="delivered"),
        Fate(share=20, status=Status.SENT),
        Fate(share=18, status=Status.DELIVERED, calls=(DOWN, TAKEN), receipt="delivered"),
        Fate(share=9, status=Status.FAILED, calls=(STOPPED,), error_class="opted_out"),
        Fate(share=6, status=Status.FAILED, calls=(NO_NUMBER,), error_class="bad_address"),
        Fate(share=5, status=Status.DEAD, calls=(OFF,) * 4, error_class="unreachable"),
        Fate(share=3, status=Status.UNKNOWN, calls=(SILENT,), error_class="unknown_outcome"),
    ),
}
OUTAGE = Fate(share=1, status=Status.DEAD, calls=(DOWN,) * 4, error_class="provider_down")


def fate(channel: str, random: Random) -> Fate:
    """What becomes of one."""
    possible = FATES[Channel(channel)]
    return random.choices(possible, [each.share for each in possible])[0]
