"""What there is to see: every page of both consoles, and what only some people get to see."""

import json
from collections.abc import Iterable, Sequence
from random import Random
from urllib.parse import urlencode

from tests.browser.screenshots import known
from tests.browser.screenshots.acts import filling, logging_in
from tests.browser.screenshots.addresses import addresses
from tests.browser.screenshots.opens import pages, person_at
from tests.browser.screenshots.stage import Stage
from tests.browser.screenshots.visits import Address, Visit
from tests.browser.shop import access, opening, platform
from tests.browser.shop.orders import DATA
from tests.console.pages import PLATFORM, TENANT

# What only somebody sees who is not logged in.
ENTRANCES = frozenset({"login", "admin_password_reset", "join", "new_password"})
CODE = "log_in_code"
BARE = "localhost"
NOTIFICATIONS = "/admin/notifications/notification/"
LETTERS = "/admin/delivery/deadletter/"
ORDER = DATA["order.confirmed"](Random(1))


def visits(stage: Stage) -> list[Visit]:
    """Everything; asks the database, so before a browser runs."""
    shop = addresses(TENANT, known.of_shop(stage.shop))
    bare = addresses(PLATFORM, known.of_platform(stage.shop))
    (version,) = _of(shop, ["version"])
    in_shop = pages(person_at(opening.HOST, access.OWNER), _inside(shop))
    in_bare = pages(person_at(BARE, platform.OWNER), _inside(bare))
    at_shop, at_bare = stage.address(opening.HOST), stage.address(BARE)
    owner, boss = logging_in(access.OWNER), logging_in(platform.OWNER)
    return [
        Visit(name="tenant", base=at_shop, addresses=in_shop, before=owner),
        Visit(
            name="tenant",
            base=at_shop,
            addresses=_more_of_tenant(version),
            before=owner,
        ),
        Visit(name="tenant-entrance", base=at_shop, addresses=_entrances(shop)),
        Visit(
            name="tenant-entrance",
            base=at_shop,
            addresses=[each for each in shop if each.name == CODE],
            before=logging_in(access.OPERATOR),
        ),
        Visit(
            name="tenant-viewer",
            base=at_shop,
            addresses=_seen_by_viewer(shop),
            before=logging_in(access.VIEWER),
        ),
        Visit(
            name="tenant-dark",
            base=at_shop,
            addresses=_in_the_dark(shop),
            before=owner,
            is_dark=True,
        ),
        Visit(
            name="tenant-new",
            base=stage.address(f"{platform.NEW}.localhost"),
            addresses=_begun(),
            before=owner,
        ),
        Visit(name="platform", base=at_bare, addresses=in_bare, before=boss),
        Visit(name="platform", base=at_bare, addresses=_more_of_platform(), before=boss),
        Visit(name="platform-entrance", base=at_bare, addresses=_entrances(bare)),
        Visit(name="open", base=at_bare, addresses=_documents()),
    ]


def _inside(every: Iterable[Address]) -> list[Address]:
    return [each for each in every if each.name not in {*ENTRANCES, CODE}]


def _entrances(every: Iterable[Address]) -> list[Address]:
    refused = Address(
        name="login_refused",
        path="/admin/login/",
        then=logging_in(access.OWNER, "not-the-password"),
    )
    return [*(each for each in every if each.name in ENTRANCES), refused]


def _more_of_tenant(version: Address) -> list[Address]:
    """Lists that are filtered, and what forms answer."""
    return [
        Address(name="home_week", path="/admin/?span=week"),
        Address(name="home_hour", path="/admin/?span=hour"),
        Address(name="notifications_test", path=f"{NOTIFICATIONS}?mode=test"),
        Address(name="notifications_dead", path=f"{NOTIFICATIONS}?status=dead"),
        Address(name="notifications_none", path=f"{NOTIFICATIONS}?q=nobody@example.org"),
        Address(name="dead_letters_all", path=f"{LETTERS}?state=all"),
        Address(
            name="redrive_counted",
            path=f"{LETTERS}redrive-many/?error_class=unreachable",
            then=filling("button[value=count]", limit="500"),
        ),
        Address(
            name="test_sent",
            path="/admin/notifications/policy/send-test/?what=policy:order.shipped",
            then=filling(".sb-card .sb-button-main", email="delivered@example.org"),
        ),
        Address(
            name="key_made",
            path="/admin/tenants/apikey/add/",
            then=filling("[name=_save]", name="Stock clerk"),
        ),
        Address(
            name="invitation_made",
            path="/admin/operators/invitation/add/",
            then=filling("[name=_save]", email="new.WIDTH@example.org"),
        ),
        Address(name="missing", path="/admin/no-such-page/"),
        Address(name="preview", path=f"{version.path}?{urlencode({'data': json.dumps(ORDER)})}"),
    ]


def _more_of_platform() -> list[Address]:
    return [
        Address(
            name="tenant_made",
            path="/admin/tenants/tenant/add/",
            then=filling(
                "[name=_save]",
                name="paper-boat-WIDTH",
                domain="paper-boat-WIDTH.localhost",
                operator="robin.day",
            ),
        ),
        Address(
            name="platform_key_made",
            path="/admin/tenants/platformkey/add/",
            then=filling("[name=_save]", name="Terraform"),
        ),
    ]


def _seen_by_viewer(every: Sequence[Address]) -> list[Address]:
    """Addresses are masked, buttons are missing, and some pages are refused."""
    seen = ("index", "notifications_notification_changelist", "notifications_notification_change")
    refused = Address(name="refused", path="/admin/tenants/apikey/")
    return [*_of(every, seen), refused]


def _in_the_dark(every: Sequence[Address]) -> list[Address]:
    seen = (
        *("index", "notifications_notification_changelist", "notifications_notification_change"),
        *("delivery_deadletter_changelist", "version", "delivery_provideraccount_change"),
        *("notifications_policy_change", "auditlog_logentry_changelist", "two_factor"),
    )
    return _of(every, seen)


def _begun() -> list[Address]:
    """A tenant that has nothing yet."""
    return [
        Address(name="home", path="/admin/"),
        Address(name="notifications", path=NOTIFICATIONS),
        Address(name="dead_letters", path=LETTERS),
    ]


def _documents() -> list[Address]:
    """What stands on every host, without a key."""
    return [
        Address(name="api_docs", path="/api/v1/docs"),
        Address(name="api_redoc", path="/api/v1/redoc"),
        Address(name="api_errors", path="/api/v1/errors"),
        Address(name="platform_api_docs", path="/api/platform/v1/docs"),
        Address(name="missing", path="/no-such-page"),
    ]


def _of(every: Sequence[Address], names: Iterable[str]) -> list[Address]:
    return [each for each in every if each.name in names]
