"""What Schemathesis cannot know of this API; loaded by schemathesis.toml.

No check is off. Two kinds of its findings are none, and each is let pass by what was answered:

- A request that fits the document is refused by a rule that no JSON Schema can say (UNSAYABLE).
  A refusal in any other words is a finding: either the document or the rule has to change.
- A batch is taken though an item of it does not fit: each item is answered on its own.
"""

import json
import re
from itertools import count
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData

LONGEST_KEY = 255
KEY = "Idempotency-Key"
# Why it cannot be said → how refusals of that reason read.
UNSAYABLE: dict[str, tuple[str, ...]] = {
    "It goes by what the tenant has.": (
        r"The topic '.*' has no policy\.",
        r"There is no template ",
        r"No recipient has the id ",
        r"The policy of .* has no channel ",
        r"There is no provider account with this id or name\.",
        r"This notification has no such delivery\.",
        r"The template needs the variable ",
        r"The tenant's own limit is ",
    ),
    "It goes by the key that asks.": (
        r"The key that asks is no operator's own\.",
        r"The asking key has ",
        r"What test keys made goes to the simulator",
    ),
    "It goes by which drivers are installed, and what each of them wants.": (
        r"There is no provider '",
        r"There is no field .* in this kind of account; ",
        r"[A-Z][\w ]+ is required\.$",
        r"[\w -]+ serves [\w, ]+, not ",
    ),
    "It goes by the time of the day.": (
        r"It lies in the past\.",
        r"This is more than ",
        r"By (hour|day), statistics are kept since ",
    ),
    "Two fields have to go together.": (
        r"Only e-mail has domains of recipients: leave it out\.",
        r"A fallback needs the seconds without a receipt",
        r"At least one channel must not be a fallback\.",
        r"A recipient needs an id, or an address: email or phone\.",
        r"Attributes are kept with a recipient's id only\.",
        r"A text is needed, or a template\.",
        r"An e-mail needs a subject",
        r"The (email|sms) version needs a text",
        r"The template says it already: ",
        r"One of `to`, an address, and `recipient` is needed, not both\.",
        r"It would expire before it is sent: ",
        r"It needs requests_per_second beside it\.",
        r"Name at least one of ",
    ),
    "The form is more exact than a pattern.": (
        r"This is not a phone number with its country code, ",
        r"This is not an e-mail address, ",
        r"An e-mail address has at most ",
        r"This is not a known locale, ",
        r"This is not a known time zone, ",
        r"It is not one that `next` or `previous` gave\.",
        r"It is none of this list: begin without a cursor\.",
        r"Send the `id` of an event of this stream as it came, ",
        r"NUL characters ",
    ),
    "To JSON Schema 15.0 is an integer.": (r"A whole number is expected, written without ",),
    "Neither Liquid nor CSV has a schema.": (
        r"Line \d+: ",
        r"The template (cannot be rendered|is nested too deeply)",
        r"The column .* is not known\.",
        r"The first row has to name the column ",
    ),
}
_numbers = count(1)
_UNSAYABLE = re.compile("|".join(word for words in UNSAYABLE.values() for word in words), re.DOTALL)


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Makes each request one of its own: the same few keys are drawn again and again."""
    key = (case.headers or {}).get(KEY)
    if isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and re.fullmatch("[!-~]+", key):
        case.headers[KEY] = f"{key}{next(_numbers)}"[-LONGEST_KEY:]


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Whether it is a finding."""
    if isinstance(failure, RejectedPositiveData):
        return not _is_unsayable(response)
    if isinstance(failure, AcceptedNegativeData):
        return not _is_refused_inside(case, response)
    return True


def _is_unsayable(response: Response) -> bool:
    """Whether all that is wrong are such rules."""
    problem = json.loads(response.content)
    faults = problem.get("errors") or [problem]
    return all(_UNSAYABLE.match(fault["detail"]) for fault in faults)


def _is_refused_inside(case: Case, response: Response) -> bool:
    """Whether it is a batch of which an item was refused."""
    is_batch = case.operation.path.endswith("/notifications/batch")
    return is_batch and json.loads(response.content)["refused"] > 0
