"""The models whose changes are in the audit log: the one table. What is in no row is not watched.

Nothing that accepts or delivers notifications saves one of them, so that the log costs it nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from auditlog.registry import auditlog
from django.apps import apps

CLOCKS = frozenset({"id", "created_at", "updated_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is told of a model.

    Of `hidden` fields only that they changed, of `masked` ones as much as one recognises, and of
    `scrubbed` ones all but addresses; `left_out` ones are not looked at. Of a part of another
    object (`whole` is the field that leads there) the changes are the other's, under its name.
    """

    hidden: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    scrubbed: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    whole: str = ""
    part: Callable[[Any], str] = str
    is_personal: bool = False


PLAIN = Watched()
ACCOUNT = Watched(hidden=frozenset({"sealed"}))
KEY = Watched(left_out=frozenset({"digest", "last_used_at"}))
# Of a second factor only what it is called, and whether it counts.
FACTOR_STATE = frozenset(
    {"key", "step", "t0", "digits", "tolerance", "drift", "last_t", "last_used_at"}
    | {"throttling_failure_timestamp", "throttling_failure_count"}
)

WATCHED: Mapping[str, Watched] = {
    "templates_app.template": PLAIN,
    "templates_app.templateversion": Watched(
        left_out=frozenset({"template", "channel", "locale", "number"}),
        whole="template",
        part=lambda row: f"{row.channel} {row.locale} v{row.number}",
    ),
    "notifications.policy": PLAIN,
    "notifications.policychannel": Watched(
        left_out=frozenset({"policy", "channel"}),
        whole="policy",
        part=lambda row: f"channel {row.channel}",
    ),
    "notifications.suppression": Watched(
        masked=frozenset({"address"}), scrubbed=frozenset({"note"}), is_personal=True
    ),
    "notifications.recipient": Watched(
        hidden=frozenset({"attributes"}), scrubbed=frozenset({"external_id"}), is_personal=True
    ),
    "notifications.contact": Watched(
        masked=frozenset({"address"}),
        left_out=frozenset({"recipient", "channel"}),
        whole="recipient",
        part=lambda row: row.channel,
        is_personal=True,
    ),
    "delivery.provideraccount": ACCOUNT,
    "tenants.platformaccount": ACCOUNT,
    "tenants.apikey": KEY,
    "tenants.platformkey": KEY,
    "tenants.tenant": Watched(left_out=frozenset({"migrations"})),
    "tenants.domain": Watched(
        left_out=frozenset({"tenant"}), whole="tenant", part=lambda row: f"domain {row.domain}"
    ),
    "bus.line": PLAIN,
    "auth.user": Watched(hidden=frozenset({"password"}), left_out=frozenset({"last_login"})),
    "operators.operator": Watched(
        left_out=frozenset({"user"}), whole="user", part=lambda _row: "console"
    ),
    "operators.invitation": Watched(left_out=frozenset({"digest"})),
    "operators.authenticator": Watched(
        left_out=FACTOR_STATE | {"user"}, whole="user", part=lambda _row: "second factor"
    ),
    "otp_static.staticdevice": Watched(
        left_out=FACTOR_STATE | {"user"}, whole="user", part=lambda _row: "recovery codes"
    ),
}


def register() -> None:
    """Let django-auditlog watch the models, field by field: none is watched by oversight."""
    for label, watched in WATCHED.items():
        model = apps.get_model(label)
        fields = {field.name for field in model._meta.concrete_fields}
        auditlog.register(
            model, include_fields=sorted(fields - CLOCKS - watched.left_out), m2m_fields=set()
        )
