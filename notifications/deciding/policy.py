"""From a policy and what is known of a person to the deliveries to make. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import NamedTuple

from notifications.states import Skip
from notifications.values import Rule, Value
from templates_app.texts import VersionText

Shelf = Mapping[tuple[str, str], Mapping[str, VersionText]]


class Suppressed(NamedTuple):
    """Why an address is not used, and since when, where that is known."""

    reason: str
    since: datetime | None = None

    def __str__(self) -> str:
        if self.since is None:
            return self.reason
        return f"{self.reason} since {self.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


class Circumstances(Value, frozen=True, kw_only=True):
    """What a decision depends on beside the rules; `locales` in the order to try them."""

    addresses: Mapping[str, str]
    locales: Sequence[str]
    suppressed: Mapping[tuple[str, str], Suppressed]
    expired: bool = False


class Decision(Value, frozen=True, kw_only=True):
    """What is to happen on a channel; `skip` is empty where it is to be sent.

    `detail` says more of a skip, where there is more to say.
    """

    channel: str
    address: str = ""
    version: VersionText | None = None
    locale: str = ""
    skip: str = ""
    detail: str = ""


def decide(
    rules: Sequence[Rule], shelf: Shelf, known: Circumstances, fallbacks: Sequence[Rule] = ()
) -> list[Decision]:
    """One decision for each rule, in the rules' order; where all of these channels are skipped,
    those on the fallbacks too, up to the first that can be used."""
    decisions = [_decide(rule, shelf, known) for rule in rules]
    if fallbacks and not known.expired and all(each.skip for each in decisions):
        decisions += up_to_the_first([_decide(rule, shelf, known) for rule in fallbacks])
    return decisions


def up_to_the_first(decisions: Sequence[Decision]) -> list[Decision]:
    """Of channels of which one is enough: the first that can be used, and those before it."""
    skipped = list(takewhile(lambda each: each.skip, decisions))
    return [*skipped, *decisions[len(skipped) : len(skipped) + 1]]


def text_for(rule: Rule, shelf: Shelf, locales: Sequence[str]) -> VersionText | None:
    """The published text of the rule's template in the first locale that it has."""
    versions = shelf.get((rule.template or "", rule.channel), {})
    return next((versions[locale] for locale in locales if locale in versions), None)


def _decide(rule: Rule, shelf: Shelf, known: Circumstances) -> Decision:
    address = known.addresses.get(rule.channel, "")
    version = text_for(rule, shelf, known.locales) if rule.template else None
    skip = _reason(rule, address, version, known)
    return Decision(
        channel=rule.channel,
        address=address,
        version=version,
        locale=version.locale if version else known.locales[0],
        skip=skip,
        detail=str(known.suppressed[rule.channel, address]) if skip == Skip.SUPPRESSED else "",
    )


def _reason(rule: Rule, address: str, version: VersionText | None, known: Circumstances) -> str:
    """Why not to send; the first that applies."""
    if not address:
        return Skip.NO_CONTACT
    if rule.template and version is None:
        return Skip.NO_TEMPLATE
    if (rule.channel, address) in known.suppressed:
        return Skip.SUPPRESSED
    return Skip.EXPIRED if known.expired else ""
