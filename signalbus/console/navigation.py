"""The sidebars: what stands where, in which group."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from delivery.models import DeadLetter
from signalbus.console.gate import may_open
from signalbus.panels.modes import LIVE

Item = tuple[str, str, str]  # title, icon, URL name below `admin:`
MOST_COUNTED = 99
DEAD_LETTERS = "Dead letters"
OVERVIEW: Item = ("Overview", "dashboard", "index")
OWN_LINKS = (
    ("Where I am logged in", "sign_ins"),
    ("Second factor", "two_factor"),
    ("Change password", "password_change"),
)
OWN_PAGES = frozenset({"index", "bus_backlog", "notifications_policy_send_test"})

TENANT: Sequence[tuple[str, Sequence[Item]]] = (
    ("", (OVERVIEW,)),
    (
        "Messages",
        (
            ("Notifications", "notifications", "notifications_notification_changelist"),
            (DEAD_LETTERS, "error", "delivery_deadletter_changelist"),
            ("Redrives", "replay", "delivery_redrive_changelist"),
            ("Sandbox", "science", "delivery_sandboxmessage_changelist"),
            ("Notices", "campaign", "notifications_notice_changelist"),
            ("Send a test", "send", "notifications_policy_send_test"),
        ),
    ),
    (
        "Content",
        (
            ("Templates", "draft", "templates_app_template_changelist"),
            ("Policies", "rule", "notifications_policy_changelist"),
        ),
    ),
    (
        "People",
        (
            ("Recipients", "group", "notifications_recipient_changelist"),
            ("Suppressions", "block", "notifications_suppression_changelist"),
        ),
    ),
    (
        "Delivering",
        (
            ("Provider accounts", "outgoing_mail", "delivery_provideraccount_changelist"),
            ("Unmatched receipts", "link_off", "delivery_unmatchedreceipt_changelist"),
        ),
    ),
    (
        "Access",
        (
            ("API keys", "key", "tenants_apikey_changelist"),
            ("Users", "person", "auth_user_changelist"),
            ("Invitations", "mail", "operators_invitation_changelist"),
            ("Audit log", "history", "auditlog_logentry_changelist"),
            ("Security", "shield_lock", "security"),
        ),
    ),
)
PLATFORM: Sequence[tuple[str, Sequence[Item]]] = (
    ("", (OVERVIEW,)),
    (
        "Customers",
        (
            ("Tenants", "apartment", "tenants_tenant_changelist"),
            ("Domains", "language", "tenants_domain_changelist"),
            ("API keys", "key", "tenants_apikey_changelist"),
        ),
    ),
    (
        "Delivering",
        (
            ("Provider accounts", "outgoing_mail", "tenants_platformaccount_changelist"),
            ("Stray receipts", "link_off", "tenants_strayreceipt_changelist"),
        ),
    ),
    (
        "The line",
        (
            ("What waits", "stacked_bar_chart", "bus_backlog"),
            ("Outbox entries", "outbox", "bus_outboxentry_changelist"),
            ("Pauses", "pause_circle", "bus_linepause_changelist"),
            ("Weights", "balance", "bus_line_changelist"),
        ),
    ),
    (
        "Access",
        (
            ("Platform keys", "vpn_key", "tenants_platformkey_changelist"),
            ("Platform users", "person", "auth_user_changelist"),
            ("Invitations", "mail", "operators_invitation_changelist"),
            ("Audit log", "history", "auditlog_logentry_changelist"),
            ("Security", "shield_lock", "security"),
        ),
    ),
)


def of_tenant(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of a tenant's sidebar; the dead letters that wait are counted beside them."""
    groups = _groups(request, TENANT)
    waiting = open_dead_letters()
    for item in (item for group in groups for item in group["items"]):
        if waiting and item["title"] == DEAD_LETTERS:
            item |= {"badge": waiting, "badge_variant": "danger"}
    return groups


def of_platform(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the platform's sidebar."""
    return _groups(request, PLATFORM)


def open_dead_letters() -> str:
    """How many live dead letters wait for somebody, counted up to 99; nothing for none."""
    waiting = DeadLetter.objects.filter(
        mode=LIVE, acknowledged_at__isnull=True, redriven_at__isnull=True
    )
    count = len(waiting.order_by().values_list("pk")[: MOST_COUNTED + 1])
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")


def site_title(request: HttpRequest) -> str:
    """What the browser's tab and the log-in page call the console."""
    return f"{tenant_name(request)} · Signalbus"


def tenant_name(request: HttpRequest) -> str:
    """Whose console this is."""
    tenant = getattr(request, "tenant", None)
    return tenant.name if tenant else "Signalbus"


def favicon(request: HttpRequest) -> str:
    """The address of the small picture in the browser's tab."""
    return static("console/favicon.svg")


def stylesheet(request: HttpRequest) -> str:
    """The address of what the consoles look like beyond django-unfold."""
    return static("console/console.css")


def own_links(request: HttpRequest) -> list[dict[str, str]]:
    """What the menu of one's own name leads to."""
    return [{"title": title, "link": reverse(f"admin:{name}")} for title, name in OWN_LINKS]


def script(request: HttpRequest) -> str:
    """The address of what pages do by themselves: refresh, copy, choose."""
    return static("console/console.js")


def _groups(
    request: HttpRequest, groups: Sequence[tuple[str, Sequence[Item]]]
) -> list[dict[str, Any]]:
    """The items that the user's role opens, and the groups that have any."""
    opened = [(title, [item for item in items if _opens(request, item)]) for title, items in groups]
    return [
        {"title": title, "separator": False, "items": [_item(*item) for item in items]}
        for title, items in opened
        if items
    ]


def _opens(request: HttpRequest, item: Item) -> bool:
    *_, name = item
    return may_open(request, name)


def _item(title: str, icon: str, name: str) -> dict[str, Any]:
    link = reverse(f"admin:{name}")
    return {"title": title, "icon": icon, "link": link, "active": partial(_is_at, link, name)}


def _is_at(link: str, name: str, request: HttpRequest) -> bool:
    """Whether the page is the item's, or one below it that is no item of its own."""
    match = request.resolver_match
    here = match.url_name if match else ""
    if OWN_PAGES & {here, name}:
        return here == name
    return request.path.startswith(link)
