"""What an operator needs for every page and button of both consoles: the one table. Pure.

A permission is named as Django names it, `app.verb_model`; a button's verb is the button's name.
What stands in no row is nobody's. What a key needs for an endpoint stands in scopes.py.
"""

from collections.abc import Mapping

from tenants.roles import Ability

Verbs = Mapping[str, Ability]

LOOK: Verbs = {"view": Ability.VIEW}
EDIT: Verbs = {**LOOK, "add": Ability.EDIT, "change": Ability.EDIT, "delete": Ability.EDIT}
OPERATE: Verbs = {
    **LOOK,
    "add": Ability.OPERATE,
    "change": Ability.OPERATE,
    "delete": Ability.OPERATE,
}
OWN: Verbs = {**LOOK, "add": Ability.OWN, "change": Ability.OWN, "delete": Ability.OWN}

PERMISSIONS: Mapping[str, Verbs] = {
    # A tenant's console
    "notifications.notification": {
        **LOOK,
        "cancel": Ability.OPERATE,
        "redrive": Ability.OPERATE,
        "settle-sent": Ability.OPERATE,
        "settle-delivered": Ability.OPERATE,
        "settle-failed": Ability.OPERATE,
    },
    "delivery.deadletter": {
        **LOOK,
        "redrive": Ability.OPERATE,
        "acknowledge": Ability.OPERATE,
    },
    "delivery.redrive": {**LOOK, "stop": Ability.OPERATE},
    "delivery.sandboxmessage": LOOK,
    "notifications.notice": {**LOOK, "lift": Ability.OPERATE},
    "templates_app.template": EDIT,
    "notifications.policy": {**EDIT, "test": Ability.EDIT, "send": Ability.OPERATE},
    "notifications.policychannel": EDIT,
    "notifications.recipient": EDIT,
    "notifications.contact": EDIT,
    "notifications.suppression": EDIT,
    "delivery.provideraccount": {**OWN, "close_breaker": Ability.OPERATE},
    "delivery.unmatchedreceipt": LOOK,
    # Both consoles. Everybody has keys of their own; `grant` is for an application's, and for
    # everybody's. The platform's people need it for every key.
    "tenants.apikey": {
        "view": Ability.VIEW,
        "add": Ability.VIEW,
        "change": Ability.OWN,
        "revoke": Ability.VIEW,
        "grant": Ability.OWN,
    },
    "auth.user": {
        "view": Ability.OWN,
        "add": Ability.OWN,
        "change": Ability.OWN,
        "deactivate": Ability.OWN,
        "activate": Ability.OWN,
        "end-sign-ins": Ability.OWN,
        "reset-second-factor": Ability.OWN,
        "new-password": Ability.OWN,
    },
    "operators.invitation": {
        "view": Ability.OWN,
        "add": Ability.OWN,
        "resend": Ability.OWN,
        "revoke": Ability.OWN,
    },
    "auditlog.logentry": {"view": Ability.OWN},
    # The platform's console
    "tenants.tenant": {
        **LOOK,
        "add": Ability.OWN,
        "change": Ability.OWN,
        "suspend": Ability.OPERATE,
        "resume": Ability.OPERATE,
        "rename": Ability.OWN,
        "end": Ability.OWN,
        "keep": Ability.OWN,
    },
    "tenants.platformkey": {"view": Ability.OWN, "add": Ability.OWN, "revoke": Ability.OWN},
    "tenants.domain": OWN,
    "tenants.platformaccount": {**OWN, "close_breaker": Ability.OPERATE},
    "tenants.strayreceipt": LOOK,
    "bus.outboxentry": LOOK,
    "bus.linepause": LOOK,
    "bus.line": OPERATE,
}

ABILITY = "ability"  # in `ability.personal` the place of the app: an ability by itself
PERSONAL = f"{ABILITY}.{Ability.PERSONAL}"
VIEW = f"{ABILITY}.{Ability.VIEW}"
OWNERS = f"{ABILITY}.{Ability.OWN}"

# URL name → permission, of pages that belong to no verb of a model.
PAGES: Mapping[str, str] = {
    "index": VIEW,
    "live": VIEW,
    "app_list": VIEW,
    "search": VIEW,
    "autocomplete": VIEW,
    "view_on_site": VIEW,
    "auth_user_password_change": "auth.change_user",
    "security": OWNERS,
    "auth_user_sign_ins": "auth.end-sign-ins_user",
    "bus_backlog": "bus.view_outboxentry",
    "delivery_deadletter_redrive_many": "delivery.redrive_deadletter",
    "notifications_policy_send_test": "notifications.test_policy",
    "notifications_suppression_export": "notifications.view_suppression",
    "notifications_suppression_import": "notifications.add_suppression",
    "version": "templates_app.view_template",
    "version_add": "templates_app.change_template",
    "version_publish": "templates_app.change_template",
    # Old addresses and names stand in what is told of changes.
    "notifications_recipient_history": PERSONAL,
    "notifications_suppression_history": PERSONAL,
}
# Of one's own log-in: for everybody, also for somebody without a role.
FREE = frozenset(
    {
        "login",
        "logout",
        "jsi18n",
        "password_change",
        "password_change_done",
        "join",
        "sign_ins",
        "two_factor",
        "log_in_code",
        "admin_password_reset",
        "new_password",
    }
)

# Django's pages of a model → the verb.
_OF_DJANGO = {
    "changelist": "view",
    "change": "view",
    "history": "view",
    "add": "add",
    "delete": "delete",
}


def ability_of(permission: str) -> Ability | None:
    """The ability that a permission needs; None where it is nobody's."""
    app, _, name = permission.partition(".")
    if app == ABILITY:
        return Ability(name)
    verb, _, model = name.rpartition("_")
    return PERMISSIONS.get(f"{app}.{model}", {}).get(verb)


def permission_of(page: str, *, writes: bool = False) -> str | None:
    """The permission for a page, by its URL name; None where everybody may, `writes` for a POST.

    Raises KeyError for a page that is in no table, so that none is ever open by oversight.
    """
    if page in FREE:
        return None
    if writes and page.endswith("_change") and page in _ADDRESSES:
        return _ADDRESSES[page].replace(".view_", ".change_")
    return PAGES.get(page) or _ADDRESSES[page]


def _addresses() -> dict[str, str]:
    """URL name → permission, of all pages and buttons of the models."""
    found = {}
    for label, verbs in PERMISSIONS.items():
        app, _, model = label.partition(".")
        pages = {**_OF_DJANGO, **{verb: verb for verb in verbs if verb != "change"}}
        for page, verb in pages.items():
            found[f"{app}_{model}_{page}"] = f"{app}.{verb}_{model}"
    return found


_ADDRESSES = _addresses()
