"""DMARC (RFC 7489): what receivers are to do with messages that prove nothing. Pure."""

from delivery.sender_domains.values import (
    Finding,
    Record,
    Sending,
    State,
    Texts,
    UnansweredError,
    is_within,
    tags_of,
    unknown,
)

CHECK = "dmarc"
VERSION = "v=dmarc1"
POLICIES: dict[str, str] = {
    "none": "Receivers only watch: p=none. Once SPF and DKIM are in order, quarantine or reject "
    "keeps others from using the domain.",
    "quarantine": "Messages that prove nothing go to spam: p=quarantine.",
    "reject": "Messages that prove nothing are refused: p=reject.",
}


def judge(sending: Sending, texts: Texts) -> Finding:
    """How the record of the domain stands, or that of the nearest domain above it with one."""
    own = f"_dmarc.{sending.domain}"
    try:
        name, records = _nearest(sending.domain, texts)
    except UnansweredError as error:
        return unknown(CHECK, own, error)
    if not records:
        return Finding(
            check=CHECK,
            name=own,
            state=State.MISSING,
            says="There is no DMARC record; large receivers want one of whoever sends them much.",
            publish=_proposed(sending),
        )
    wrong, tags = _wrong(records), tags_of(records[0])
    if wrong:
        return Finding(
            check=CHECK,
            name=name,
            state=State.WRONG,
            found=tuple(records),
            says=wrong,
            publish=_proposed(sending),
        )
    policy = tags["p"] if name == own else tags.get("sp", tags["p"])
    says = f"{POLICIES[policy.lower()]} {_alignment(sending, tags, name.removeprefix('_dmarc.'))}"
    return Finding(check=CHECK, name=name, state=State.OK, found=tuple(records), says=says)


def _nearest(domain: str, texts: Texts) -> tuple[str, list[str]]:
    """Up the tree to the last two labels: nobody's policy stands at a top-level domain."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        name = f"_dmarc.{'.'.join(labels[start:])}"
        records = [text for text in texts(name) if _is_record(text)]
        if records:
            return name, records
    return f"_dmarc.{domain}", []


def _is_record(text: str) -> bool:
    return text.partition(";")[0].replace(" ", "").lower() == VERSION


def _wrong(records: list[str]) -> str:
    if len(records) > 1:
        return f"There are {len(records)} records, so receivers heed none; only one may be there."
    tags = tags_of(records[0])
    for name in ("p", "sp"):
        if tags.get(name, "none").lower() not in POLICIES:
            return f"{name}={tags[name]} is no policy; there are {', '.join(POLICIES)}."
    return "" if "p" in tags else "It has no policy: p= is missing."


def _alignment(sending: Sending, tags: dict[str, str], common: str) -> str:
    """Which of the two proofs speaks for the domain that people see."""
    domain, bounces = sending.domain, sending.bounce_domain
    dkim = f"DKIM counts if the signature is {domain}'s (d={domain})"
    if not bounces:
        return f"{dkim}; SPF does not unless {sending.service} sends with a return path of yours."
    is_strict = tags.get("aspf", "r").lower() == "s"
    aligned = bounces == domain if is_strict else _is_related(bounces, domain, common)
    verb = "counts as well" if aligned else "does not count"
    return f"{dkim}; SPF {verb}: bounces go to {bounces}."


def _is_related(bounces: str, domain: str, common: str) -> bool:
    return is_within(bounces, common) or is_within(bounces, domain) or is_within(domain, bounces)


def _proposed(sending: Sending) -> Record:
    return Record(
        name=f"_dmarc.{sending.domain}",
        value=f"v=DMARC1; p=none; rua=mailto:dmarc-reports@{sending.domain}",
    )
