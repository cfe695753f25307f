"""What a key needs for each endpoint: the one table."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenants.models import Scope


@dataclass(frozen=True, slots=True)
class Access:
    """The scope that is needed, and whether a test key is turned away.

    `live_only` marks writing what live and test keys share.
    """

    scope: Scope
    live_only: bool = False


READ = Access(Scope.READ)
SEND = Access(Scope.SEND)
MANAGE = Access(Scope.MANAGE)
MANAGE_SHARED = Access(Scope.MANAGE, live_only=True)

_OWN_LIST = {"GET": READ, "POST": MANAGE}
_OWN_ITEM = {"GET": READ, "PUT": MANAGE, "PATCH": MANAGE, "DELETE": MANAGE}
_SHARED_LIST = {"GET": READ, "POST": MANAGE_SHARED}
_SHARED_ITEM = {
    "GET": READ,
    "PUT": MANAGE_SHARED,
    "PATCH": MANAGE_SHARED,
    "DELETE": MANAGE_SHARED,
}

ACCESS: Mapping[str, Mapping[str, Access]] = {
    "notify": {"POST": SEND},
    "publish": {"POST": SEND},
    "notifications": {"GET": READ, "POST": SEND},
    "notifications-batch": {"POST": SEND},
    "batch": {"GET": READ},
    "notification": {"GET": READ},
    "notification-cancel": {"POST": SEND},
    "notification-redrive": {"POST": SEND},
    "notification-settle": {"POST": MANAGE},
    "redrives": {"GET": READ, "POST": SEND},
    "redrive": {"GET": READ},
    "redrive-stop": {"POST": SEND},
    "dead-letters": {"GET": READ},
    "dead-letters-acknowledge": {"POST": MANAGE},
    "dead-letter-acknowledge": {"POST": MANAGE},
    "templates": _SHARED_LIST,
    "template": _SHARED_ITEM,
    "template-versions": _SHARED_LIST,
    "template-version-publish": {"POST": MANAGE_SHARED},
    "template-preview": {"POST": READ},
    "policies": _SHARED_LIST,
    "policy": _SHARED_ITEM,
    "recipients": _OWN_LIST,
    "recipient": _OWN_ITEM,
    "suppressions": _OWN_LIST,
    "suppressions-export": {"GET": READ},
    "suppressions-import": {"POST": MANAGE},
    "suppression": _OWN_ITEM,
    "provider-accounts": _SHARED_LIST,
    "provider-account": _SHARED_ITEM,
    "provider-account-close-breaker": {"POST": MANAGE_SHARED},
    "provider-account-domain": {"GET": READ},
    "api-keys": {"GET": MANAGE, "POST": MANAGE},
    "api-key": {"GET": MANAGE, "PATCH": MANAGE, "DELETE": MANAGE},
    "notices": {"GET": READ},
    "notice": {"GET": READ},
    "notice-lift": {"POST": MANAGE_SHARED},
    "usage": {"GET": READ},
    "sandbox-messages": {"GET": READ},
}


def access_to(route: str, method: str) -> Access | None:
    """What the key needs; None for a method that the endpoint does not have.

    Raises KeyError for a route that is not in the table, so that none is ever open by oversight.
    """
    methods = ACCESS[route]
    return methods.get("GET" if method == "HEAD" else method)
