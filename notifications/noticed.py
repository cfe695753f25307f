"""What is noticed by itself, in words. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    """What is noticed."""

    QUOTA = "quota"
    BOUNCES = "bounces"
    COMPLAINTS = "complaints"
    FLOOD = "flood"
    NO_ACCOUNT = "no_account"


class Severity(StrEnum):
    """Whether something was stopped because of it."""

    WARNING = "warning"
    STOPPED = "stopped"


SIGNALBUS = "Signalbus"  # who lifts a notice that no person has to
