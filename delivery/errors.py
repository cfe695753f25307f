"""Why a delivery failed, as a value that answers: retry? when? whose fault?

    DeliveryError
    ├── may pass by itself
    │   ├── busy              the provider asks to wait
    │   ├── unreachable       the recipient cannot be reached for now: mailbox full, handset off
    │   ├── provider_down     the provider is broken, or was not reached: it has taken nothing
    │   └── our_account       credentials, credit or rights are wrong until a person acts
    ├── cannot pass
    │   ├── bad_address       no such address; it is suppressed
    │   ├── opted_out         the recipient told the provider to stop; suppressed like a STOP
    │   ├── content_refused   the provider does not take this content
    │   └── rendering         the template failed on these data
    ├── unknown_outcome       the provider may or may not have taken it
    ├── expired               the deadline passed before it could be sent
    └── crashed               handling it raised three times: a bug in Signalbus or in a driver

Only `provider_down` speaks against a provider as a whole; what `suppresses` is in the rules.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from notifications.states import Status


class ErrorClass(StrEnum):
    """The leaves of the tree above."""

    BUSY = "busy"
    UNREACHABLE = "unreachable"
    PROVIDER_DOWN = "provider_down"
    OUR_ACCOUNT = "our_account"
    BAD_ADDRESS = "bad_address"
    OPTED_OUT = "opted_out"
    CONTENT_REFUSED = "content_refused"
    UNKNOWN_OUTCOME = "unknown_outcome"
    RENDERING = "rendering"
    EXPIRED = "expired"
    CRASHED = "crashed"


class When(StrEnum):
    """When the next try begins."""

    NEVER = "never"
    BACK_OFF = "back_off"  # soon, then later and later; a provider's Retry-After is obeyed
    LATE = "late"  # at the longest pause from the start: a person has to act first


class Fault(StrEnum):
    """Who can put it right."""

    PROVIDER = "provider"
    NETWORK = "network"
    ACCOUNT = "account"  # the tenant's operator, at the provider
    RECIPIENT = "recipient"
    CONTENT = "content"  # whoever wrote the template or called the API
    NOBODY = "nobody"
    SIGNALBUS = "signalbus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What follows from an error class; `ends` is the delivery's state once no try is left.

    `suppresses` is the reason, a word of SuppressionReason, for which the address is not used any
    more; empty where it says nothing against the address.
    """

    when: When
    fault: Fault
    ends: Status
    advice: str
    suppresses: str = ""

    @property
    def retry(self) -> bool:
        return self.when is not When.NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryError:
    """One failed try. `code` and `detail` are the provider's own, as far as it gave any."""

    error_class: ErrorClass
    code: str = ""
    detail: str = ""
    retry_after: timedelta | None = None

    @property
    def rule(self) -> Rule:
        return RULES[self.error_class]


RULES: dict[ErrorClass, Rule] = {
    ErrorClass.BUSY: Rule(
        when=When.BACK_OFF,
        fault=Fault.PROVIDER,
        ends=Status.DEAD,
        advice="Redrive when traffic is lower, or raise the rate that the provider allows.",
    ),
    ErrorClass.UNREACHABLE: Rule(
        when=When.BACK_OFF,
        fault=Fault.RECIPIENT,
        ends=Status.DEAD,
        advice="Redrive later, or use another channel: the mailbox is full, say, or the phone off.",
    ),
    ErrorClass.PROVIDER_DOWN: Rule(
        when=When.BACK_OFF,
        fault=Fault.PROVIDER,
        ends=Status.DEAD,
        advice="Check the account's host, port and network and the provider's status page, "
        "and redrive once it works again.",
    ),
    ErrorClass.OUR_ACCOUNT: Rule(
        when=When.LATE,
        fault=Fault.ACCOUNT,
        ends=Status.DEAD,
        advice="Mend the provider account (credentials, credit, sender, rights), then redrive.",
    ),
    ErrorClass.BAD_ADDRESS: Rule(
        when=When.NEVER,
        fault=Fault.RECIPIENT,
        ends=Status.FAILED,
        suppresses="bad_address",
        advice="Ask the recipient for another address; lift the suppression if it was right.",
    ),
    ErrorClass.OPTED_OUT: Rule(
        when=When.NEVER,
        fault=Fault.RECIPIENT,
        ends=Status.FAILED,
        suppresses="opt_out",
        advice="Do not send again until the recipient asks the provider to start (such as START).",
    ),
    ErrorClass.CONTENT_REFUSED: Rule(
        when=When.NEVER,
        fault=Fault.CONTENT,
        ends=Status.FAILED,
        advice="Change the content that the provider names in its answer, and send it anew.",
    ),
    ErrorClass.UNKNOWN_OUTCOME: Rule(
        when=When.BACK_OFF,
        fault=Fault.NETWORK,
        ends=Status.UNKNOWN,
        advice="Ask the recipient or the provider whether it arrived; redrive only if it did not.",
    ),
    ErrorClass.RENDERING: Rule(
        when=When.NEVER,
        fault=Fault.CONTENT,
        ends=Status.FAILED,
        advice="Mend the template or the data that it was given, and send it anew.",
    ),
    ErrorClass.EXPIRED: Rule(
        when=When.NEVER,
        fault=Fault.NOBODY,
        ends=Status.DEAD,
        advice="Redrive if it is still of use: that gives it a new deadline.",
    ),
    ErrorClass.CRASHED: Rule(
        when=When.NEVER,
        fault=Fault.SIGNALBUS,
        ends=Status.DEAD,
        advice="Report the trace in the detail as a bug; redrive after it is mended.",
    ),
}


def advice(error_class: str) -> str:
    """What a person can do about that class of errors, in a sentence; nothing where there is none.

    Raises ValueError for what is no ErrorClass.
    """
    return RULES[ErrorClass(error_class)].advice if error_class else ""
