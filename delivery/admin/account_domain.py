"""What an account's page says of its sender's domain, once somebody asks for it."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from delivery.sender_domains import check
from delivery.sender_domains.values import Finding, Record
from signalbus.panels.words import code, label

TITLE = "Sender's domain: SPF, DKIM and DMARC"
SHOWN = ("domain_records",)
ASKED = "domain"  # in the query of the page
LINK = '<a class="sb-link" href="?{}=1#domain">Ask DNS about {}</a>'
ROW = (
    '<div class="sb-below"><div><strong>{}</strong> {} {}</div><div>{}</div>'
    '<div class="sb-quiet">{}</div>{}</div>'
)


def has_one(row: Any) -> bool:
    """Whether there is a domain to ask about."""
    return bool(row) and check.sending_of(row.kind, row.options) is not None


def asked(request: HttpRequest) -> bool:
    """Whether DNS is to be asked for this page: that may take seconds."""
    return ASKED in request.GET


def records(row: Any) -> str:
    """The findings, or how to get them."""
    sending = check.sending_of(row.kind, row.options)
    if sending is None:
        return "-"
    if not getattr(row, "asks_dns", False):
        return format_html(LINK, ASKED, sending.domain)
    found = check.findings(sending)
    return format_html('<div id="domain">{}</div>', format_html_join("", "{}", _rows(found)))


def _rows(found: tuple[Finding, ...]) -> list[tuple[str]]:
    return [
        (
            format_html(
                ROW,
                each.check.upper(),
                label(each.state),
                code(each.name),
                each.says,
                "; ".join(each.found),
                _publish(each.publish),
            ),
        )
        for each in found
    ]


def _publish(record: Record | None) -> str:
    if record is None or not record.value:
        return ""
    return format_html(
        "<div>Publish at {} as {}: {}</div>", code(record.name), record.type, code(record.value)
    )
