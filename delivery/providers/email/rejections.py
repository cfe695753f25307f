"""Why a service's API took a message for nobody: anymail's status `rejected`, in its own words.

A service rejects whom it has on a list of its own, but some also for what the account did wrong,
which says nothing against the recipient. Sources, as of 2026: Mandrill, "messages/send", field
`reject_reason` (https://mailchimp.com/developer/transactional/api/messages/send-new-message/);
MailerSend, "Suppression warnings" (https://developers.mailersend.com/api/v1/email.html); Unisender
Go, "email/send", field `failed_emails` (https://godocs.unisender.ru/web-api-ref#email-send).
"""

import json
from collections.abc import Iterator
from typing import Any

from delivery.errors import ErrorClass

# Where none of these is named, the service only says that it does not send to this recipient.
BY_WORD: dict[str, ErrorClass] = {
    "hard-bounce": ErrorClass.BAD_ADDRESS,  # Mandrill
    "soft-bounce": ErrorClass.UNREACHABLE,
    "spam": ErrorClass.OPTED_OUT,
    "unsub": ErrorClass.OPTED_OUT,
    "custom": ErrorClass.OPTED_OUT,  # a list that the account keeps there
    "invalid": ErrorClass.BAD_ADDRESS,
    "invalid-sender": ErrorClass.OUR_ACCOUNT,
    "test-mode-limit": ErrorClass.OUR_ACCOUNT,
    "unsigned": ErrorClass.OUR_ACCOUNT,  # the sender's domain is not authenticated
    "rule": ErrorClass.CONTENT_REFUSED,
    "hard_bounced": ErrorClass.BAD_ADDRESS,  # MailerSend
    "spam_complaint": ErrorClass.OPTED_OUT,
    "unsubscribed": ErrorClass.OPTED_OUT,  # Unisender Go too
    "blocklisted": ErrorClass.OPTED_OUT,
    "permanent_unavailable": ErrorClass.BAD_ADDRESS,  # Unisender Go
}
# What people said weighs more than what is only known of the address. So where nothing is said, as
# by Postmark (406), whose list has hard bounces, complaints and withdrawals in one, it is taken for
# that: sent by another account, a message would reach somebody who has had enough.
FIRST = ErrorClass.OPTED_OUT
FIELDS = ("reject_reason", "reason", "reasons", "failed_emails")


def reason(answer: str) -> ErrorClass:
    """Why the service rejected its one recipient, as far as its answer says so."""
    try:
        given = json.loads(answer)
    except ValueError:
        return FIRST
    known = [BY_WORD[word] for word in _words(given) if word in BY_WORD]
    return FIRST if FIRST in known or not known else known[0]


def _words(given: Any) -> Iterator[str]:
    """The words in the fields that name reasons, wherever these stand."""
    inner = given if isinstance(given, list) else []
    if isinstance(given, dict):
        for name in FIELDS:
            yield from _texts(given.get(name))
        inner = [value for name, value in given.items() if name not in FIELDS]
    for each in inner:
        yield from _words(each)


def _texts(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, dict | list):
        for each in given.values() if isinstance(given, dict) else given:
            yield from _texts(each)
