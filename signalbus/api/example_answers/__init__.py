"""What the examples are answered; the document shows it, and a test compares it with the truth.

Each module has those of its resources, `ANSWERS`: (method, path below /api/v1) → the answer. An
operation that answers nothing has none; one that may answer with another good status has that in
`OTHER_ANSWERS`, by (method, path, status).
"""

from signalbus.api.example_answers import (
    accepting,
    accounts,
    audit,
    dead_letters,
    keys,
    live,
    noticed,
    notifications,
    people,
    policies,
    redrives,
    templates,
)
from signalbus.api.example_answers.common import TRACE, Answers, OtherAnswers

__all__ = ["ANSWERS", "OTHER_ANSWERS", "TRACE"]

ANSWERS: Answers = {
    **accepting.ANSWERS,
    **notifications.ANSWERS,
    **redrives.ANSWERS,
    **dead_letters.ANSWERS,
    **templates.ANSWERS,
    **policies.ANSWERS,
    **people.ANSWERS,
    **accounts.ANSWERS,
    **keys.ANSWERS,
    **audit.ANSWERS,
    **noticed.ANSWERS,
    **live.ANSWERS,
}
OTHER_ANSWERS: OtherAnswers = {**redrives.OTHER_ANSWERS}
