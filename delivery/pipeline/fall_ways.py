"""Which way there is for a delivery in want of a receipt, by what its tenant has."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from delivery.pipeline.route import choices
from delivery.pipeline.watching import Fall, Watched, fall, is_in_want
from delivery.providers.account import Account
from notifications import policies
from notifications.deciding.policy import Circumstances, Decision, Suppressed, decide
from notifications.states import Skip
from notifications.values import PolicyFacts
from signalbus.core import locales
from templates_app import catalog
from templates_app.texts import missing


def way_of(watched: Watched, accounts: Sequence[Account], default_locale: str) -> Fall | None:
    """The way to take, in the current tenant's schema; None where nothing is to be done."""
    if not is_in_want(watched):
        return None
    policy = policies.by_topic().get(watched.topic)
    if policy is None or not policy.enabled:
        return None
    usable = choices(watched.mode, watched.channel, watched.wanted_account, accounts)
    return fall(
        watched,
        channels=_decisions(watched, policy, default_locale),
        others=any(each.id != watched.account for each in usable),
    )


def _decisions(watched: Watched, policy: PolicyFacts, default_locale: str) -> list[Decision]:
    """On the channels to fall back to that were not tried; also where the request named some of
    those that are used at once."""
    rules = [rule for rule in policy.fallbacks if rule.channel not in watched.channels]
    if not rules:
        return []
    known = Circumstances(
        addresses=watched.addresses,
        locales=locales.fallbacks(watched.locale, default_locale),
        suppressed=_suppressed(watched, policy),
    )
    shelf = catalog.current(rule.template for rule in rules if rule.template)
    return [_with_variables(each, watched) for each in decide(rules, shelf, known)]


def _suppressed(watched: Watched, policy: PolicyFacts) -> dict[tuple[str, str], Suppressed]:
    return {
        (channel, watched.addresses[channel]): Suppressed(reason, datetime.fromisoformat(since))
        for channel, (reason, since) in watched.suppressed.items()
        if reason not in policy.overrides
    }


def _with_variables(decision: Decision, watched: Watched) -> Decision:
    """Skipped where the template needs what the data, given for other templates, lack."""
    if decision.skip or decision.version is None:
        return decision
    lacking = missing(decision.version.required, watched.data)
    if not lacking:
        return decision
    detail = f"the data lack what the template needs: {', '.join(lacking)}"
    return replace(decision, skip=Skip.NO_TEMPLATE.value, detail=detail)
