"""The check of an account's sender domain, kept in process for some minutes."""

from collections.abc import Mapping
from typing import Any

from django.utils.encoding import punycode

from delivery.providers import registry
from delivery.providers.email import smtp_kind
from delivery.providers.email.message import domain_of
from delivery.receipts.mail.tags import RETURN_PATH
from delivery.sender_domains import dkim, dmarc, resolver, spf
from delivery.sender_domains.services import NEEDS, USUAL
from delivery.sender_domains.values import Finding, Sending
from signalbus.core.timed_cache import TimedCache

SECONDS = 300.0
SMTP = smtp_kind.KIND.name
SELECTOR = "dkim_selector"
MOST_SELECTORS = 5
CHECKED = frozenset({SMTP, *NEEDS})

_kept: TimedCache[Sending, tuple[Finding, ...]] = TimedCache(seconds=SECONDS, size=1000)


def sending_of(kind: str, options: Mapping[str, Any]) -> Sending | None:
    """How such an account sends; None where there is no domain to ask about."""
    sender = str(options.get("from") or "")
    if kind not in CHECKED or "@" not in sender:
        return None
    domain = _plain(domain_of(sender))
    return _smtp(domain, options) if kind == SMTP else _service(kind, domain, options)


def findings(sending: Sending) -> tuple[Finding, ...]:
    """What DNS says: SPF, DKIM and DMARC. Takes up to six seconds, unless it is kept."""
    kept = _kept.peek(sending)
    if kept is not None:
        return kept
    asked = resolver.questions()
    texts = asked.texts
    found = (spf.judge(sending, texts), *dkim.judge(sending, texts), dmarc.judge(sending, texts))
    if asked.all_answered:
        _kept.put(sending, found)
    return found


def _smtp(domain: str, options: Mapping[str, Any]) -> Sending:
    named = _selectors(options)
    return Sending(
        domain=domain,
        service="the mail server",
        bounce_domain=_plain(domain_of(str(options.get(RETURN_PATH) or options["from"]))),
        host=str(options.get("host") or ""),
        selectors=named or USUAL,
        named=bool(named),
    )


def _service(kind: str, domain: str, options: Mapping[str, Any]) -> Sending:
    needs, found = NEEDS[kind], registry.find(kind)
    own = str(options.get(needs.selector_option) or "")
    named = _selectors(options) or ((own,) if own else ())
    return Sending(
        domain=domain,
        service=found.label if found else kind,
        include=needs.include,
        before=needs.before,
        selectors=named or needs.selectors,
        named=bool(named),
        cnames=needs.cnames,
    )


def _selectors(options: Mapping[str, Any]) -> tuple[str, ...]:
    names = (name.strip() for name in str(options.get(SELECTOR) or "").split(","))
    return tuple(name for name in names if name)[:MOST_SELECTORS]


def _plain(domain: str) -> str:
    return punycode(domain).lower().rstrip(".")
