"""From a policy and what is known of a person to the deliveries to make. Pure."""

from collections.abc import Container, Mapping, Sequence

from notifications.states import Skip
from notifications.values import Rule, Value
from templates_app.texts import VersionText

Shelf = Mapping[tuple[str, str], Mapping[str, VersionText]]


class Circumstances(Value, frozen=True, kw_only=True):
    """What a decision depends on beside the rules; `locales` in the order to try them."""

    addresses: Mapping[str, str]
    locales: Sequence[str]
    suppressed: Container[tuple[str, str]]
    expired: bool = False


class Decision(Value, frozen=True, kw_only=True):
    """What is to happen on a channel; `skip` is empty where it is to be sent."""

    channel: str
    address: str = ""
    version: VersionText | None = None
    locale: str = ""
    skip: str = ""


def decide(rules: Sequence[Rule], shelf: Shelf, known: Circumstances) -> list[Decision]:
    """One decision for each rule, in the rules' order."""
    return [_decide(rule, shelf, known) for rule in rules]


def text_for(rule: Rule, shelf: Shelf, locales: Sequence[str]) -> VersionText | None:
    """The published text of the rule's template in the first locale that it has."""
    versions = shelf.get((rule.template or "", rule.channel), {})
    return next((versions[locale] for locale in locales if locale in versions), None)


def _decide(rule: Rule, shelf: Shelf, known: Circumstances) -> Decision:
    address = known.addresses.get(rule.channel, "")
    version = text_for(rule, shelf, known.locales) if rule.template else None
    return Decision(
        channel=rule.channel,
        address=address,
        version=version,
        locale=version.locale if version else known.locales[0],
        skip=_reason(rule, address, version, known),
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
