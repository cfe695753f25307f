"""What is done, in a word: the filter of the page and of the API. Pure."""

from enum import StrEnum


class Act(StrEnum):
    """The first three come from models by themselves; the others are noted where they are done."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    PUBLISH = "publish"
    CANCEL = "cancel"
    REDRIVE = "redrive"
    STOP = "stop"
    SETTLE = "settle"
    ACKNOWLEDGE = "acknowledge"
    LIFT = "lift"
    CLOSE_BREAKER = "close breaker"
    SEND_TEST = "send test"
    IMPORT = "import"
    EXPORT = "export"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    LOG_IN = "log in"
    LOG_OUT = "log out"
    LOG_IN_REFUSED = "log in refused"
    END_LOG_INS = "end log-ins"
    RESET_LINK = "password link"
    RECOVERY_CODE = "recovery code used"
