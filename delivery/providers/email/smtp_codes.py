"""What an SMTP server's answer means.

Sources: RFC 5321 section 4.2 (reply codes), RFC 4954 section 6 (authentication), RFC 7504 (521,
556), RFC 3463 and the IANA registry "SMTP Enhanced Status Codes", as of 2026; for what large
servers do, the public lists of Gmail ("SMTP error reference") and Exchange Online ("NDR codes").
"""

import re
from enum import StrEnum

from delivery.errors import DeliveryError, ErrorClass

ENHANCED = re.compile(r"\A\s*([245])\.(\d{1,3})\.(\d{1,3})\b")


class Stage(StrEnum):
    """How far the conversation had come when the server refused."""

    GREETING = "greeting"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


# Subject and detail of an enhanced code, whatever its class (2, 4 or 5) ...
BY_SUBJECT: dict[str, ErrorClass] = {
    "1.7": ErrorClass.OUR_ACCOUNT,  # bad sender's mailbox
    "1.8": ErrorClass.OUR_ACCOUNT,  # bad sender's system
    "2.2": ErrorClass.BUSY,  # mailbox full: passes, even where the server calls it permanent
    "2.3": ErrorClass.CONTENT_REFUSED,  # message too long for the mailbox
    "3.4": ErrorClass.CONTENT_REFUSED,  # message too big for the system
}
# ... and of permanent ones only.
PERMANENT: dict[str, ErrorClass] = {
    "1.1": ErrorClass.BAD_ADDRESS,  # no such mailbox
    "1.2": ErrorClass.BAD_ADDRESS,  # no such domain
    "1.3": ErrorClass.BAD_ADDRESS,  # no address
    "1.6": ErrorClass.BAD_ADDRESS,  # mailbox moved
    "1.10": ErrorClass.BAD_ADDRESS,  # null MX (RFC 7505)
    "2.1": ErrorClass.BAD_ADDRESS,  # mailbox disabled
    "4.4": ErrorClass.BAD_ADDRESS,  # no route: the domain does not exist (Exchange 5.4.4)
    "4.310": ErrorClass.BAD_ADDRESS,  # the domain does not exist (Exchange)
    "6.7": ErrorClass.CONTENT_REFUSED,  # no addresses beyond ASCII (RFC 6531)
    "7.0": ErrorClass.OUR_ACCOUNT,  # authentication required (Gmail 530 5.7.0)
    "7.8": ErrorClass.OUR_ACCOUNT,  # credentials invalid
    "7.9": ErrorClass.OUR_ACCOUNT,  # mechanism too weak, or a password of its own needed (Gmail)
    "7.10": ErrorClass.OUR_ACCOUNT,  # encryption needed
    "7.11": ErrorClass.OUR_ACCOUNT,
    "7.13": ErrorClass.OUR_ACCOUNT,  # account disabled
    "7.14": ErrorClass.OUR_ACCOUNT,  # trust relationship required
    "7.20": ErrorClass.OUR_ACCOUNT,  # no passing DKIM signature
    "7.21": ErrorClass.OUR_ACCOUNT,
    "7.22": ErrorClass.OUR_ACCOUNT,
    "7.23": ErrorClass.OUR_ACCOUNT,  # SPF
    "7.24": ErrorClass.OUR_ACCOUNT,
    "7.25": ErrorClass.OUR_ACCOUNT,  # reverse DNS
    "7.26": ErrorClass.OUR_ACCOUNT,  # several checks failed (DMARC at Gmail)
    "7.27": ErrorClass.OUR_ACCOUNT,  # the sender's domain has a null MX
    "7.57": ErrorClass.OUR_ACCOUNT,  # anonymous client (Exchange)
    "7.60": ErrorClass.OUR_ACCOUNT,  # no right to send as this sender (Exchange)
}
BY_REPLY: dict[int, ErrorClass] = {
    432: ErrorClass.OUR_ACCOUNT,  # a password transition is needed
    521: ErrorClass.BAD_ADDRESS,  # the host takes no mail
    530: ErrorClass.OUR_ACCOUNT,
    534: ErrorClass.OUR_ACCOUNT,
    535: ErrorClass.OUR_ACCOUNT,
    538: ErrorClass.OUR_ACCOUNT,
    556: ErrorClass.BAD_ADDRESS,  # the domain takes no mail
}
# A permanent refusal without an enhanced code speaks about what was said last.
BY_STAGE: dict[Stage, ErrorClass] = {
    Stage.GREETING: ErrorClass.OUR_ACCOUNT,  # 554 in place of the greeting: this client is blocked
    Stage.LOGIN: ErrorClass.OUR_ACCOUNT,
    Stage.SENDER: ErrorClass.OUR_ACCOUNT,
    Stage.RECIPIENT: ErrorClass.CONTENT_REFUSED,
    Stage.CONTENT: ErrorClass.CONTENT_REFUSED,
}
# Replies to RCPT that say that there is no such mailbox.
NO_MAILBOX = frozenset({550, 551, 553})


def smtp_error(reply: int, text: bytes | str, stage: Stage) -> DeliveryError:
    """The error of a refusing reply; its code reads `550 5.1.1`, or `550` alone."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    enhanced = ENHANCED.match(words)
    code = f"{reply} {'.'.join(enhanced.groups())}" if enhanced else str(reply)
    return DeliveryError(
        error_class=_class_of(reply, enhanced, stage), code=code, detail=f"{reply} {words}"
    )


def _class_of(reply: int, enhanced: re.Match[str] | None, stage: Stage) -> ErrorClass:
    permanent = reply >= 500
    if enhanced:
        subject = f"{enhanced[2]}.{enhanced[3]}"
        known = BY_SUBJECT.get(subject) or (PERMANENT.get(subject) if permanent else None)
        if known:
            return known
    if reply in BY_REPLY:
        return BY_REPLY[reply]
    if not permanent:
        return ErrorClass.PROVIDER_DOWN if stage is Stage.GREETING else ErrorClass.BUSY
    if stage is Stage.RECIPIENT and reply in NO_MAILBOX and not enhanced:
        return ErrorClass.BAD_ADDRESS
    return BY_STAGE[stage]
