"""What servers say in words where their codes leave it open.

Sources: the texts of Postfix 3.10, Exim 4.98, Sendmail 8.18 and qmail, and of Gmail, Exchange
Online, Yahoo and iCloud as their postmaster pages quote them.
"""

import re

from delivery.errors import ErrorClass

# The first that fits. A mailbox that is full passes, even where the server calls it permanent.
ANY_TIME: tuple[tuple[re.Pattern[str], ErrorClass], ...] = (
    (
        re.compile(
            r"\brelay(?:ing)?(?: access)?(?: is)? (?:denied|not permitted|not allowed)"
            r"|\bunable to relay|\bnot permitted to relay",
            re.IGNORECASE,
        ),
        ErrorClass.OUR_ACCOUNT,
    ),
    (
        re.compile(
            r"\b(?:mail)?box (?:is )?full|\bover ?quota|\bquota (?:is )?exceeded|\bout of storage"
            r"|\bexceed(?:s|ed) (?:its|the|their|disk|storage) ?(?:storage |mailbox )?quota",
            re.IGNORECASE,
        ),
        ErrorClass.UNREACHABLE,
    ),
    (re.compile(r"\bgr[ae]y-?list", re.IGNORECASE), ErrorClass.UNREACHABLE),
)
# Of permanent refusals only. Who is refused by a block list or a policy may well exist.
FOR_GOOD: tuple[tuple[re.Pattern[str], ErrorClass], ...] = (
    (
        re.compile(
            r"\b(?:user|recipient|mailbox|address|account|alias) unknown"
            r"|\b(?:unknown|invalid|no such) (?:local )?(?:user|recipient|mailbox|address|account)"
            r"|\b(?:user|recipient|mailbox|address|account)(?: address)?"
            r" (?:was |is )?(?:not found|does(?: not|n't) exist|not exist)"
            r"|\bno mailbox here by that name|\bdoes(?: not|n't) have an? \S+ account",
            re.IGNORECASE,
        ),
        ErrorClass.BAD_ADDRESS,
    ),
    (
        re.compile(
            r"\bspam|\bblock(?:ed|list)|\bblack-?list|\breputation|\bpolicy|\bvirus"
            r"|\bSPF\b|\bDKIM\b|\bDMARC\b",
            re.IGNORECASE,
        ),
        ErrorClass.CONTENT_REFUSED,
    ),
)


def by_words(text: str, *, for_good: bool) -> ErrorClass | None:
    """The class that the words alone give away, if they do."""
    table = (*ANY_TIME, *FOR_GOOD) if for_good else ANY_TIME
    return next((found for pattern, found in table if pattern.search(text)), None)
