"""What an SMTP server's answer means: a reply to a command, or the status in a bounce.

The enhanced status goes before the reply code, unless the reply is about the log-in. Sources, as
of 2026: RFC 5321 section 4.2 (reply codes), RFC 4954 section 6 and RFC 5248 (authentication),
RFC 7504 (521, 556); RFC 3463 and the IANA registry "SMTP Enhanced Status Codes"; RFC 6647
(greylisting), RFC 7293 (x.7.17, x.7.18), RFC 7372 (x.7.20 to x.7.26), RFC 7505 (x.1.10, x.7.27).
What large servers do beyond them: Gmail, https://support.google.com/a/answer/3726730; Exchange
Online, "Email non-delivery reports", https://learn.microsoft.com/exchange/mail-flow-best-practices.
"""

import re
from enum import StrEnum

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.email.smtp_words import by_words

ENHANCED = re.compile(r"\A\s*([245])\.(\d{1,3})\.(\d{1,3})\b")


class Stage(StrEnum):
    """How far the conversation had come when the server refused."""

    GREETING = "greeting"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


BY_ENHANCED: dict[str, ErrorClass] = {
    # --- the address, RFC 3463 section 3.2
    "4.1.1": ErrorClass.UNREACHABLE,  # a temporary answer never suppresses
    "4.1.2": ErrorClass.UNREACHABLE,
    "4.1.7": ErrorClass.OUR_ACCOUNT,  # bad sender's mailbox
    "4.1.8": ErrorClass.OUR_ACCOUNT,  # bad sender's system
    "5.1.1": ErrorClass.BAD_ADDRESS,  # no such mailbox
    "5.1.2": ErrorClass.BAD_ADDRESS,  # no such domain
    "5.1.3": ErrorClass.BAD_ADDRESS,  # no address
    "5.1.4": ErrorClass.BAD_ADDRESS,  # ambiguous
    "5.1.6": ErrorClass.BAD_ADDRESS,  # mailbox moved
    "5.1.7": ErrorClass.OUR_ACCOUNT,
    "5.1.8": ErrorClass.OUR_ACCOUNT,
    "5.1.10": ErrorClass.BAD_ADDRESS,  # null MX
    # --- the mailbox, section 3.3
    "4.2.1": ErrorClass.UNREACHABLE,  # disabled for now, or gets mail too quickly (Gmail)
    "4.2.2": ErrorClass.UNREACHABLE,  # full
    "4.2.3": ErrorClass.CONTENT_REFUSED,  # too long for the mailbox
    "5.2.1": ErrorClass.BAD_ADDRESS,  # disabled
    "5.2.2": ErrorClass.UNREACHABLE,  # full: passes, even where the server calls it permanent
    "5.2.3": ErrorClass.CONTENT_REFUSED,
    # --- the server, section 3.4
    "4.3.0": ErrorClass.PROVIDER_DOWN,
    "4.3.1": ErrorClass.PROVIDER_DOWN,  # its disk is full
    "4.3.2": ErrorClass.PROVIDER_DOWN,  # takes nothing now
    "4.3.4": ErrorClass.CONTENT_REFUSED,  # too big
    "4.3.5": ErrorClass.PROVIDER_DOWN,  # misconfigured
    "5.3.4": ErrorClass.CONTENT_REFUSED,
    # --- the network behind the server, section 3.5
    "4.4.1": ErrorClass.UNREACHABLE,  # no answer from the recipient's host
    "4.4.2": ErrorClass.BUSY,  # the connection took too long
    "4.4.3": ErrorClass.UNREACHABLE,  # the directory cannot be asked
    "4.4.4": ErrorClass.UNREACHABLE,  # no route
    "4.4.5": ErrorClass.BUSY,  # congestion
    "4.4.7": ErrorClass.UNREACHABLE,  # tried for too long
    "5.4.1": ErrorClass.BAD_ADDRESS,  # no such recipient (Exchange)
    "5.4.4": ErrorClass.BAD_ADDRESS,  # no route: the domain does not exist (Exchange)
    "5.4.6": ErrorClass.UNREACHABLE,  # a loop at the recipient's
    "5.4.7": ErrorClass.UNREACHABLE,  # tried for too long
    "5.4.14": ErrorClass.UNREACHABLE,  # a loop (Exchange)
    "5.4.300": ErrorClass.UNREACHABLE,  # tried for too long (Exchange)
    "5.4.310": ErrorClass.BAD_ADDRESS,  # the domain does not exist (Exchange)
    # --- the protocol, section 3.6
    "4.5.3": ErrorClass.BUSY,  # too many recipients
    "5.5.1": ErrorClass.OUR_ACCOUNT,  # command not taken, such as without a log-in (Gmail)
    # --- the content, section 3.7
    "5.6.0": ErrorClass.CONTENT_REFUSED,
    "5.6.7": ErrorClass.CONTENT_REFUSED,  # no addresses beyond ASCII (RFC 6531)
    # --- security and policy, section 3.8
    "4.7.0": ErrorClass.BUSY,  # too much from this client for now
    "4.7.1": ErrorClass.UNREACHABLE,  # greylisted
    "4.7.26": ErrorClass.OUR_ACCOUNT,  # unauthenticated, so slowed down (Gmail)
    "4.7.27": ErrorClass.OUR_ACCOUNT,
    "4.7.28": ErrorClass.BUSY,  # too much at once
    "4.7.29": ErrorClass.OUR_ACCOUNT,
    "4.7.30": ErrorClass.OUR_ACCOUNT,
    "4.7.32": ErrorClass.OUR_ACCOUNT,
    "5.7.3": ErrorClass.OUR_ACCOUNT,  # not authenticated (Exchange)
    "5.7.4": ErrorClass.OUR_ACCOUNT,
    "5.7.8": ErrorClass.OUR_ACCOUNT,  # credentials invalid
    "5.7.9": ErrorClass.OUR_ACCOUNT,  # mechanism too weak, or a password of its own needed (Gmail)
    "5.7.10": ErrorClass.OUR_ACCOUNT,  # encryption needed
    "5.7.11": ErrorClass.OUR_ACCOUNT,
    "5.7.13": ErrorClass.OUR_ACCOUNT,  # account disabled
    "5.7.14": ErrorClass.OUR_ACCOUNT,  # trust relationship required
    "5.7.17": ErrorClass.BAD_ADDRESS,  # the mailbox has another owner now
    "5.7.18": ErrorClass.BAD_ADDRESS,  # the domain has another owner now
    "5.7.20": ErrorClass.OUR_ACCOUNT,  # no passing DKIM signature
    "5.7.21": ErrorClass.OUR_ACCOUNT,
    "5.7.22": ErrorClass.OUR_ACCOUNT,
    "5.7.23": ErrorClass.OUR_ACCOUNT,  # SPF
    "5.7.24": ErrorClass.OUR_ACCOUNT,
    "5.7.25": ErrorClass.OUR_ACCOUNT,  # reverse DNS
    "5.7.26": ErrorClass.OUR_ACCOUNT,  # several checks failed (DMARC at Gmail)
    "5.7.27": ErrorClass.OUR_ACCOUNT,  # the sender's domain has a null MX
    "5.7.28": ErrorClass.BUSY,  # too much at once
    "5.7.29": ErrorClass.OUR_ACCOUNT,  # no TLS (Gmail)
    "5.7.30": ErrorClass.OUR_ACCOUNT,  # no DKIM signature (Gmail)
    "5.7.54": ErrorClass.OUR_ACCOUNT,  # no relaying (Exchange)
    "5.7.57": ErrorClass.OUR_ACCOUNT,  # anonymous client (Exchange)
    "5.7.60": ErrorClass.OUR_ACCOUNT,  # no right to send as this sender (Exchange)
    "5.7.501": ErrorClass.OUR_ACCOUNT,  # sender banned for spam (Exchange, as the next ones)
    "5.7.502": ErrorClass.OUR_ACCOUNT,
    "5.7.503": ErrorClass.OUR_ACCOUNT,
    "5.7.509": ErrorClass.OUR_ACCOUNT,  # DMARC
    "5.7.511": ErrorClass.OUR_ACCOUNT,  # the address of this client is banned
    "5.7.606": ErrorClass.OUR_ACCOUNT,
    "5.7.705": ErrorClass.OUR_ACCOUNT,  # over the limit of the tenant at Exchange
    "5.7.708": ErrorClass.OUR_ACCOUNT,
    "5.7.750": ErrorClass.OUR_ACCOUNT,  # unregistered domain
}
# A status whose detail is not above goes by its class and subject.
BY_SUBJECT: dict[str, ErrorClass] = {
    "4.1": ErrorClass.UNREACHABLE,
    "4.2": ErrorClass.UNREACHABLE,
    "4.3": ErrorClass.PROVIDER_DOWN,
    "4.4": ErrorClass.UNREACHABLE,
    "4.5": ErrorClass.BUSY,
    "4.6": ErrorClass.CONTENT_REFUSED,
    "4.7": ErrorClass.BUSY,
    "5.4": ErrorClass.UNREACHABLE,
    "5.6": ErrorClass.CONTENT_REFUSED,
}
# Replies that speak of this client's log-in, whatever the status beside them.
OF_LOGIN: dict[int, ErrorClass] = {
    432: ErrorClass.OUR_ACCOUNT,  # a password transition is needed
    523: ErrorClass.OUR_ACCOUNT,  # encryption needed
    525: ErrorClass.OUR_ACCOUNT,  # account disabled
    530: ErrorClass.OUR_ACCOUNT,
    534: ErrorClass.OUR_ACCOUNT,
    535: ErrorClass.OUR_ACCOUNT,
    538: ErrorClass.OUR_ACCOUNT,
}
# A reply to RCPT without a status.
BY_REPLY: dict[int, ErrorClass] = {
    421: ErrorClass.BUSY,
    450: ErrorClass.UNREACHABLE,  # mailbox in use, or greylisted
    451: ErrorClass.UNREACHABLE,  # greylisted, in nearly all cases
    452: ErrorClass.UNREACHABLE,  # full
    455: ErrorClass.BUSY,
    521: ErrorClass.BAD_ADDRESS,  # the host takes no mail
    550: ErrorClass.BAD_ADDRESS,
    551: ErrorClass.BAD_ADDRESS,  # no longer here
    552: ErrorClass.UNREACHABLE,  # full
    553: ErrorClass.BAD_ADDRESS,  # no possible mailbox
    554: ErrorClass.CONTENT_REFUSED,
    556: ErrorClass.BAD_ADDRESS,  # the domain takes no mail
}
# What is left speaks about what was said last: for now, or for good.
FOR_NOW: dict[Stage, ErrorClass] = {
    Stage.GREETING: ErrorClass.PROVIDER_DOWN,
    Stage.LOGIN: ErrorClass.PROVIDER_DOWN,
    Stage.SENDER: ErrorClass.BUSY,
    Stage.RECIPIENT: ErrorClass.BUSY,
    Stage.CONTENT: ErrorClass.BUSY,
}
FOR_GOOD: dict[Stage, ErrorClass] = {
    Stage.GREETING: ErrorClass.OUR_ACCOUNT,  # 554 in place of the greeting: this client is blocked
    Stage.LOGIN: ErrorClass.OUR_ACCOUNT,
    Stage.SENDER: ErrorClass.OUR_ACCOUNT,
    Stage.RECIPIENT: ErrorClass.CONTENT_REFUSED,
    Stage.CONTENT: ErrorClass.CONTENT_REFUSED,
}
# Before RCPT nothing was said of the recipient: it is this client that is refused, or told to wait.
OF_RECIPIENT = frozenset({Stage.RECIPIENT, Stage.CONTENT})
OF_CLIENT: dict[ErrorClass, ErrorClass] = {
    ErrorClass.BAD_ADDRESS: ErrorClass.OUR_ACCOUNT,
    ErrorClass.UNREACHABLE: ErrorClass.BUSY,
}


def smtp_error(reply: int, text: bytes | str, stage: Stage) -> DeliveryError:
    """The error of a refusing reply; its code reads `550 5.1.1`, or `550` alone."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    found = ENHANCED.match(words)
    enhanced = ".".join(found.groups()) if found else ""
    return DeliveryError(
        error_class=classify(reply, enhanced, words, stage),
        code=f"{reply} {enhanced}".rstrip(),
        detail=f"{reply} {words}",
    )


def classify(
    reply: int | None, enhanced: str, text: str = "", stage: Stage = Stage.RECIPIENT
) -> ErrorClass:
    """The class of a refusal; of a bounce, the status alone may be known: `5.1.1`.

    `bad_address` is a hard bounce; `unreachable`, `busy` and `provider_down` are soft ones.
    Whether it is for now or for good the reply says, if the two differ.
    """
    status = _status(reply, enhanced)
    if stage in OF_RECIPIENT:
        return _classify(reply, status, text, stage)
    found = _classify(reply, status, "", stage)
    return OF_CLIENT.get(found, found)


def _classify(reply: int | None, status: str, text: str, stage: Stage) -> ErrorClass:
    return (
        OF_LOGIN.get(reply or 0)
        or BY_ENHANCED.get(status)
        or by_words(text, for_good=_for_good(reply, status))
        or _of_mailbox(reply, status, stage)
        or BY_SUBJECT.get(status.rpartition(".")[0])
        or (FOR_GOOD if _for_good(reply, status) else FOR_NOW)[stage]
    )


def _status(reply: int | None, enhanced: str) -> str:
    """The status with the reply's own class; empty where there is none."""
    found = ENHANCED.match(enhanced)
    if not found:
        return ""
    return f"{reply // 100 if reply else found[1]}.{found[2]}.{found[3]}"


def _for_good(reply: int | None, status: str) -> bool:
    return reply >= 500 if reply else status.startswith("5")


def _of_mailbox(reply: int | None, status: str, stage: Stage) -> ErrorClass | None:
    """A bare reply to RCPT speaks of the mailbox; one with a status may speak of anything."""
    return BY_REPLY.get(reply or 0) if stage is Stage.RECIPIENT and not status else None
