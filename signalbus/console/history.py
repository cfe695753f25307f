"""The history of one object, for those who do not read the whole audit log: who did what, and when.

It is made of the audit log's entries about the object, without the values before and after.
"""

from typing import Any

from auditlog.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from signalbus.core import personal
from signalbus.panels.bases import head
from tenants.audit import reading
from tenants.audit.differences import differences

MOST_SHOWN = 200
LONGEST_GIST = 120


def history_page(site: Any, request: HttpRequest, row: Any) -> HttpResponse:
    """The page; the newest entry first."""
    opts = row._meta
    above = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    head(request, "History", above)
    entries = reading.all_entries().filter(reading.of_object(opts.model_name, str(row.pk)))
    context = {
        **site.each_context(request),
        "title": f"History of {personal.words(str(row))}",
        "opts": opts,
        "entries": [_shown(each) for each in entries[:MOST_SHOWN]],
        "most": MOST_SHOWN,
    }
    return TemplateResponse(request, "console/history.html", context)


def act_of(entry: LogEntry) -> str:
    """What was done, in a word."""
    return str((entry.additional_data or {}).get("act", ""))


def gist_of(entry: LogEntry) -> str:
    """What was told of the act, or else the fields that changed."""
    fields = ", ".join(each.field for each in differences(entry.changes or {}))
    text = str((entry.additional_data or {}).get("detail") or fields or "-")
    return text[:LONGEST_GIST] + ("…" if len(text) > LONGEST_GIST else "")


def _shown(entry: LogEntry) -> dict[str, Any]:
    data = entry.additional_data or {}
    return {
        "at": entry.timestamp,
        "act": act_of(entry),
        "who": data.get("owner") or data.get("actor", "-"),
        "gist": personal.words(gist_of(entry)),
    }
