"""From requests and facts to plans: which deliveries to make, for whom, and what is refused."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from notifications import refusals
from notifications.deciding.policy import Circumstances, Decision, Suppressed, decide
from notifications.facts import Facts
from notifications.guesses import Guesses
from notifications.people import merged
from notifications.values import Asked, Known, Person, Refused, Rule, Value
from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError
from signalbus.bus.streams import Lane
from signalbus.core import locales
from signalbus.core.ids import new_id
from templates_app.texts import missing


class Plan(Value, frozen=True, kw_only=True):
    """A request that is accepted: everything but the rows.

    `person` is as it will be stored, `retry` what the topic's policy asks for.
    """

    asked: Asked
    person: Known | None
    locale: str
    priority: str
    decisions: Sequence[Decision]
    retry: Mapping[str, float] = {}


class Terms(Value, frozen=True):
    """On which channels a request is sent, how urgently and patiently, and in spite of what.

    `fallbacks` are used where none of the `rules` can be.
    """

    rules: Sequence[Rule]
    priority: str
    retry: Mapping[str, float] = {}
    overrides: frozenset[str] = frozenset()
    fallbacks: Sequence[Rule] = ()


class Planner:
    """Plans requests in order; each sees what the ones before it change of a recipient."""

    def __init__(self, facts: Facts, default_locale: str, now: datetime) -> None:
        self.facts = facts
        self.default_locale = default_locale
        self.now = now
        self.people = dict(facts.people)
        self._topics = Guesses(facts.policies)
        self._templates = Guesses(facts.templates)

    def plan(self, asked: Asked) -> Plan | Refused:
        """The plan of one request; only if there is one is its recipient seen as changed."""
        terms = self._terms(asked)
        if isinstance(terms, Refused):
            return terms
        person = self._person(asked.person)
        if asked.person.known and person is None:
            return refusals.unknown_recipient(asked)
        locale = asked.locale or _locale(asked.person, person) or self.default_locale
        known = self._circumstances(asked, person, locale, terms.overrides)
        decisions = decide(terms.rules, self.facts.shelf, known, terms.fallbacks)
        lacking = _missing(asked, decisions)
        if lacking:
            return refusals.invalid(*lacking)
        if person is not None:
            self.people[person.external_id] = person
        return Plan(
            asked=asked,
            person=person,
            locale=locale,
            priority=terms.priority,
            decisions=decisions,
            retry=terms.retry,
        )

    def _terms(self, asked: Asked) -> Terms | Refused:
        if asked.direct is None:
            return self._policy_terms(asked)
        rule = Rule(channel=asked.direct.channel, template=asked.direct.template)
        if rule.template and (rule.template, rule.channel) not in self.facts.shelf:
            return self._no_template(asked, rule.template, rule.channel)
        return Terms((rule,), asked.priority or Lane.NORMAL)

    def _no_template(self, asked: Asked, template: str, channel: str) -> Refused:
        if template in self.facts.templates:
            return refusals.no_text(asked, template, channel)
        return refusals.no_template(asked, template, self._templates.of(template))

    def _policy_terms(self, asked: Asked) -> Terms | Refused:
        policy = self.facts.policies.get(asked.topic)
        if policy is None or not policy.enabled:
            off, near = policy is not None, self._topics.of(asked.topic)
            at = f"{asked.at}/topic"
            return refusals.no_policy(asked.topic, switched_off=off, near=near, at=at)
        priority, fallbacks = asked.priority or policy.priority, policy.fallbacks
        if asked.channels is None:
            return Terms(policy.rules, priority, policy.retry, policy.overrides, fallbacks)
        offered = [rule.channel for rule in policy.rules]
        for index, channel in enumerate(asked.channels):
            if channel not in offered:
                return refusals.no_channel(asked, index, channel, offered)
        wanted = [rule for rule in policy.rules if rule.channel in asked.channels]
        return Terms(wanted, priority, policy.retry, policy.overrides, fallbacks)

    def _person(self, given: Person) -> Known | None:
        """The recipient as it will be; None if anonymous, or unknown and only named."""
        if not given.external_id:
            return None
        known = self.people.get(given.external_id)
        if given.known:
            return known
        return merged(known or Known(external_id=given.external_id, id=new_id()), given)

    def _circumstances(
        self, asked: Asked, person: Known | None, locale: str, overrides: frozenset[str]
    ) -> Circumstances:
        return Circumstances(
            addresses=person.addresses if person else asked.person.addresses,
            locales=locales.fallbacks(locale, self.default_locale),
            suppressed=self._suppressed(overrides),
            expired=asked.expires_at is not None and asked.expires_at <= self.now,
        )

    def _suppressed(self, overrides: frozenset[str]) -> Mapping[tuple[str, str], Suppressed]:
        found = self.facts.suppressed
        if not overrides:
            return found
        return {address: why for address, why in found.items() if why.reason not in overrides}


def _locale(given: Person, person: Known | None) -> str:
    return (person.locale if person else given.locale) or ""


def _missing(asked: Asked, decisions: Sequence[Decision]) -> list[PointedError]:
    """The variables that texts about to be sent need and the data lack."""
    required = dict.fromkeys(asked.direct.required if asked.direct else ())
    for decision in decisions:
        if decision.version is not None and not decision.skip:
            required.update(dict.fromkeys(decision.version.required))
    return [
        PointedError(_pointer(asked, name), f"The template needs the variable `{name}`.")
        for name in missing(tuple(required), asked.data)
    ]


def _pointer(asked: Asked, name: str) -> str:
    pointer = f"{asked.at}/data"
    for step in name.split("."):
        pointer = inside(pointer, step)
    return pointer
