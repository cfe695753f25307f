"""When too much of a tenant's e-mail bounces or is complained about. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from notifications.noticed import Kind, Severity

WINDOW = 1000  # e-mails that are looked at together
LEAST = 500  # fewer say nothing: a handful of old addresses would stop a small tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Per mille of what was sent at which a warning is given, and at which bulk is stopped."""

    warn: int
    stop: int


# Services look into senders at 5 % of hard bounces and 0.1 % of complaints, and suspend them at
# about 10 % and 0.5 % (Amazon SES, "Sending review process FAQs").
BOUNDS: Mapping[Kind, Bounds] = {
    Kind.BOUNCES: Bounds(warn=50, stop=100),
    Kind.COMPLAINTS: Bounds(warn=1, stop=5),
}
TOLD: Mapping[Kind, str] = {
    Kind.BOUNCES: "bounced for good",
    Kind.COMPLAINTS: "were reported as unwanted",
}
ADVICE: Mapping[Kind, str] = {
    Kind.BOUNCES: "Find out where these addresses came from, and send to none that nobody "
    "confirmed.",
    Kind.COMPLAINTS: "Send only to who asked for it, and let them stop it with one click.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Successive e-mails: how many, and what became of them."""

    sent: int
    bounces: int
    complaints: int

    def number(self, kind: Kind) -> int:
        """How many of them the kind of trouble befell."""
        return {Kind.BOUNCES: self.bounces, Kind.COMPLAINTS: self.complaints}[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What has to be told."""

    kind: Kind
    severity: Severity
    text: str


def judge(kind: Kind, windows: Iterable[Window]) -> Finding | None:
    """What the worst of the windows says; nothing where it is below the bound of a warning."""
    judged = [window for window in windows if window.sent >= LEAST]
    if not judged:
        return None
    worst = max(judged, key=lambda window: window.number(kind) / window.sent)
    bounds, mille = BOUNDS[kind], worst.number(kind) * 1000
    if mille >= bounds.stop * worst.sent:
        return _finding(kind, Severity.STOPPED, worst)
    if mille >= bounds.warn * worst.sent:
        return _finding(kind, Severity.WARNING, worst)
    return None


def _finding(kind: Kind, severity: Severity, window: Window) -> Finding:
    number, stop = window.number(kind), f"{BOUNDS[kind].stop / 10:g} %"
    share = f"{number * 100 / window.sent:.3g} %"
    follows = {
        Severity.STOPPED: "The bulk lane of e-mail stands still until this notice is lifted.",
        Severity.WARNING: f"At {stop} the bulk lane of e-mail is stopped.",
    }[severity]
    told = f"{number} of {window.sent} e-mails {TOLD[kind]} ({share})."
    return Finding(kind=kind, severity=severity, text=f"{told} {follows} {ADVICE[kind]}")
