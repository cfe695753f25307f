"""The first operator of a new tenant: a link to its console, sent by mail where that is set up."""

from functools import partial

from django.conf import settings
from django.db import transaction

from signalbus.platform_api.shapes import InvitationOut, OperatorIn
from signalbus.platform_api.showing import address
from tenants.context import in_schema
from tenants.models import Tenant
from tenants.operators import invitation_mail, invitations
from tenants.roles import Role


def invite(tenant: Tenant, host: str, wish: OperatorIn, by: str) -> InvitationOut:
    """Invite somebody to the tenant's console at that host; the mail goes out after the commit."""
    with in_schema(tenant.schema_name):
        new = invitations.invite(wish.email, Role(wish.role), by)
    link = address(host, "admin:join", new.secret)
    if settings.EMAIL_HOST:
        send = partial(invitation_mail.send_later, new.invitation, str(tenant), link)
        transaction.on_commit(send)
    return InvitationOut(
        email=wish.email,
        role=wish.role,
        url=link,
        expires_at=new.invitation.expires_at,
        mailed=bool(settings.EMAIL_HOST),
    )
