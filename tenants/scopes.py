"""What a key needs for each endpoint: the one table, for what it may do itself and for whose it is.

What an operator needs for the consoles' pages stands in permissions.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tenants.models import Mode, Scope
from tenants.roles import Ability


@dataclass(frozen=True, slots=True)
class Access:
    """The scope that is needed, and whether a test key is turned away.

    Where the key is an operator's own, their role has to have the `ability` as well; in test mode
    `in_test` suffices. `live_only` marks writing what live and test keys share.
    """

    scope: Scope
    ability: Ability
    live_only: bool = False
    in_test: Ability | None = None

    def ability_in(self, mode: str) -> Ability:
        """What the role of a key's owner needs in that mode."""
        return self.in_test if self.in_test and mode == Mode.TEST else self.ability


READ = Access(Scope.READ, Ability.VIEW)
SEND = Access(Scope.SEND, Ability.OPERATE, in_test=Ability.EDIT)
ACT = Access(Scope.SEND, Ability.OPERATE)
MANAGE = Access(Scope.MANAGE, Ability.EDIT)
MANAGE_SHARED = Access(Scope.MANAGE, Ability.EDIT, live_only=True)
OPERATE = Access(Scope.MANAGE, Ability.OPERATE)
OPERATE_SHARED = Access(Scope.MANAGE, Ability.OPERATE, live_only=True)
OWN_SHARED = Access(Scope.MANAGE, Ability.OWN, live_only=True)
OWN_KEYS = Access(Scope.MANAGE, Ability.VIEW)  # of all keys, an owner's shows and changes more

_OWN_LIST = {"GET": READ, "POST": MANAGE}
_OWN_ITEM = {"GET": READ, "PUT": MANAGE, "PATCH": MANAGE, "DELETE": MANAGE}
_ACCOUNTS = {"GET": READ, "POST": OWN_SHARED}
_ACCOUNT = {"GET": READ, "PUT": OWN_SHARED, "PATCH": OWN_SHARED, "DELETE": OWN_SHARED}
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
    "notification-cancel": {"POST": ACT},
    "notification-redrive": {"POST": ACT},
    "notification-settle": {"POST": OPERATE},
    "redrives": {"GET": READ, "POST": ACT},
    "redrive": {"GET": READ},
    "redrive-stop": {"POST": ACT},
    "dead-letters": {"GET": READ},
    "dead-letters-acknowledge": {"POST": OPERATE},
    "dead-letter-acknowledge": {"POST": OPERATE},
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
    "provider-accounts": _ACCOUNTS,
    "provider-account": _ACCOUNT,
    "provider-account-close-breaker": {"POST": OPERATE_SHARED},
    "provider-account-domain": {"GET": READ},
    "api-keys": {"GET": OWN_KEYS, "POST": OWN_KEYS},
    "api-key": {"GET": OWN_KEYS, "PATCH": Access(Scope.MANAGE, Ability.OWN), "DELETE": OWN_KEYS},
    "audit-log": {"GET": Access(Scope.MANAGE, Ability.OWN)},
    "notices": {"GET": READ},
    "notice": {"GET": READ},
    "notice-lift": {"POST": OPERATE_SHARED},
    "usage": {"GET": READ},
    "statistics": {"GET": READ},
    "stream": {"GET": READ},
    "sandbox-messages": {"GET": READ},
}


def access_to(route: str, method: str) -> Access | None:
    """What the key needs; None for a method that the endpoint does not have.

    Raises KeyError for a route that is not in the table, so that none is ever open by oversight.
    """
    methods = ACCESS[route]
    return methods.get("GET" if method == "HEAD" else method)
