"""Who works for the shop, and what opens its doors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.test import RequestFactory

from tenants import keys
from tenants.audit import actors
from tenants.identity import TenantIdentity
from tenants.models import Mode, Scope
from tenants.operators import invitations, logins, recovery, two_factor
from tenants.roles import Role

PASSWORD = "a-quiet-harbour-at-dawn"
OWNER, OPERATOR, EDITOR, VIEWER = "maya.lind", "tom.okafor", "ines.moreau", "jonas.weber"
FORMER = "piet.dahl"
PEOPLE = {
    OWNER: Role.OWNER,
    OPERATOR: Role.OPERATOR,
    EDITOR: Role.EDITOR,
    VIEWER: Role.VIEWER,
    FORMER: Role.OPERATOR,
}
OFFICE = "203.0.113.24"  # of the addresses kept for documentation (RFC 5737)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Secrets of links that pages are shown behind."""

    invitation: str


@contextmanager
def acting(username: str) -> Iterator[None]:
    """Let the audit log say that it was done by that user, from the office."""
    request = RequestFactory(REMOTE_ADDR=OFFICE).get("/admin/")
    request.user = User.objects.get(username=username)
    request.request_id = "req-7f21c0"  # type: ignore[attr-defined]
    actors.enter(request)
    try:
        yield
    finally:
        actors.enter(None)


def hire() -> None:
    """Make the shop's people."""
    for username, role in PEOPLE.items():
        first, last = username.split(".")
        logins.create_operator(username, PASSWORD, f"{username}@example.org", role)
        User.objects.filter(username=username).update(
            first_name=first.title(), last_name=last.title()
        )
    _protect(OPERATOR)


def _protect(username: str) -> None:
    """Have them log in with a second factor."""
    user = User.objects.get(username=username)
    device = two_factor.start(user.pk)
    device.confirmed = True
    device.save()
    recovery.renew(user.pk)


def dismiss() -> None:
    """Somebody has left."""
    boss, former = (User.objects.get(username=name) for name in (OWNER, FORMER))
    logins.deactivate(former.pk, by=boss.pk)


def cut_keys(tenant: TenantIdentity, now: datetime) -> None:
    """Make the shop's keys, some used a moment ago, one revoked, one near its end."""
    soon, used = now + timedelta(days=12), now - timedelta(minutes=1)
    for name, mode, scopes, expires, at in (
        ("Web shop", Mode.LIVE, (Scope.SEND, Scope.READ), None, used),
        ("Warehouse", Mode.LIVE, (Scope.SEND,), None, now - timedelta(minutes=18)),
        ("Nightly report", Mode.LIVE, (Scope.READ,), soon, now - timedelta(hours=7)),
        ("Staging", Mode.TEST, tuple(Scope), None, now - timedelta(days=1, hours=3)),
        ("Old web shop", Mode.LIVE, tuple(Scope), None, now - timedelta(days=33)),
    ):
        made = keys.create_key(tenant.id, name=name, mode=mode, scopes=scopes, expires_at=expires)
        made.key.last_used_at = at
        if name == "Warehouse":
            made.key.limits = {"sms_per_day": 800, "requests_per_second": 20}
        made.key.save()
        if name == "Old web shop":
            keys.revoke(made.key)


def invite() -> Doors:
    """Two who are invited, of whom one was taken back."""
    invitations.invite("noor.haddad@example.org", Role.EDITOR, OWNER)
    gone = invitations.invite("temp@agency.example.com", Role.VIEWER, OWNER)
    invitations.revoke(gone.invitation)
    made = invitations.invite("sanne.bakker@example.org", Role.VIEWER, OWNER)
    return Doors(invitation=made.secret)
