"""SPF (RFC 7208): which servers may send for the domain that bounces go to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from delivery.sender_domains.values import (
    Finding,
    Record,
    Sending,
    State,
    Texts,
    UnansweredError,
    unknown,
)

CHECK = "spf"
MOST_LOOKUPS = 10  # RFC 7208, section 4.6.4: beyond it, checks fail
LOOKS_UP = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
VERSION = "v=spf1"
TOO_MANY = (
    f"It costs more than {MOST_LOOKUPS} look-ups, so servers take it for broken: remove what is "
    "not used, or write addresses in place of names."
)


def judge(sending: Sending, texts: Texts) -> Finding:
    """How the domain's record stands."""
    name = sending.bounce_domain or sending.domain
    try:
        records = _records(texts, name)
        if not records:
            return _missing(name, sending)
        wrong = _wrong(name, records, sending, texts)
    except UnansweredError as error:
        return unknown(CHECK, name, error)
    if wrong:
        says, value = wrong
        return Finding(
            check=CHECK,
            name=name,
            state=State.WRONG,
            found=tuple(records),
            says=says,
            publish=Record(name=name, value=value) if value else None,
        )
    return Finding(
        check=CHECK, name=name, state=State.OK, found=tuple(records), says=_good(sending)
    )


@dataclass(slots=True)
class Walk:
    """What a record costs whoever checks it, and which names it includes, at any depth."""

    lookups: int = 0
    included: set[str] = field(default_factory=set)


def walk(record: str, texts: Texts, walked: Walk | None = None) -> Walk:
    """Follow a record, until it costs more than is allowed.

    Raises ValueError, with a sentence, for a part that leads nowhere.
    """
    walked = walked or Walk()
    for kind, target in map(_split, _terms(record)):
        if kind not in LOOKS_UP:
            continue
        walked.lookups += 1
        if walked.lookups > MOST_LOOKUPS:
            return walked
        if kind in ("include", "redirect") and "%" not in target:
            walked.included.add(target)
            walk(_included(target, texts), texts, walked)
    return walked


def _wrong(
    name: str, records: Sequence[str], sending: Sending, texts: Texts
) -> tuple[str, str] | None:
    """A sentence and the record to publish in place; None where all is well."""
    record = records[0]
    if len(records) > 1:
        return f"{name} has {len(records)} SPF records; only one may be there.", _merged(records)
    if _ends(record) in ("all", "+all"):
        return "It lets every server send: +all.", _ending(record, "~all")
    if not _ends(record) and not _redirects(record):
        return "It does not say what of all other servers: the end is missing.", f"{record} ~all"
    try:
        walked = walk(record, texts)
    except ValueError as error:
        return str(error), ""
    if walked.lookups > MOST_LOOKUPS:
        return TOO_MANY, ""
    if sending.include and walked.included.isdisjoint((sending.include, *sending.before)):
        advice = f"It does not let {sending.service} send: include:{sending.include} is missing."
        return advice, _including(record, sending.include)
    return None


def _missing(name: str, sending: Sending) -> Finding:
    value, why = _proposed(sending)
    is_needed = bool(sending.include or sending.bounce_domain)
    return Finding(
        check=CHECK,
        name=name,
        state=State.MISSING if is_needed else State.OK,
        says=f"{name} has no SPF record.{why}",
        publish=Record(name=name, value=value) if value else None,
    )


def _proposed(sending: Sending) -> tuple[str, str]:
    """A first record, and what is to be said of it."""
    if sending.include:
        return f"{VERSION} include:{sending.include} ~all", ""
    if not sending.bounce_domain:
        return "", f" {sending.service} needs none: bounces go to a domain of its own."
    mechanism = _mechanism(sending.host)
    if not mechanism:
        return "", " Name the servers that mail leaves by, such as v=spf1 ip4:… ~all."
    return f"{VERSION} {mechanism} ~all", " If mail leaves by other servers, name these."


def _mechanism(host: str) -> str:
    """The part that lets a host send; empty where the world does not know it."""
    try:
        address = ip_address(host)
    except ValueError:
        return f"a:{host}" if "." in host else ""
    return f"ip{address.version}:{address}" if address.is_global else ""


def _good(sending: Sending) -> str:
    if sending.include:
        return f"It lets {sending.service} send."
    if sending.bounce_domain:
        return f"It is valid; whether {sending.host or sending.service} is in it is yours to know."
    return f"It is valid, and needs nothing of {sending.service}, whose bounces go elsewhere."


def _records(texts: Texts, name: str) -> list[str]:
    return [text for text in texts(name) if text.lower().split(" ")[0] == VERSION]


def _included(target: str, texts: Texts) -> str:
    records = _records(texts, target)
    if len(records) != 1:
        raise ValueError(
            f"It includes {target}, which has {len(records) or 'no'} SPF "
            f"record{'s' if records else ''}, so servers take it for broken: remove that part."
        )
    return records[0]


def _terms(record: str) -> list[str]:
    return record.lower().split()[1:]


def _split(term: str) -> tuple[str, str]:
    plain = term.lstrip("+-~?")
    kind, colon, target = plain.partition(":")
    if not colon:
        kind, _, target = plain.partition("=")
    return kind.partition("/")[0], target


def _redirects(record: str) -> bool:
    return any(_split(term)[0] == "redirect" for term in _terms(record))


def _ends(record: str) -> str:
    """The term about all other servers."""
    return next((term for term in _terms(record) if _split(term)[0] == "all"), "")


def _without_end(record: str) -> str:
    return " ".join(term for term in record.split() if _split(term.lower())[0] != "all")


def _ending(record: str, end: str) -> str:
    return f"{_without_end(record)} {end}"


def _including(record: str, include: str) -> str:
    return f"{_without_end(record)} include:{include} {_ends(record)}".strip()


def _merged(records: Sequence[str]) -> str:
    """One record of all their parts."""
    parts = dict.fromkeys(term for record in records for term in _without_end(record).split()[1:])
    return " ".join([VERSION, *parts, "~all"])
