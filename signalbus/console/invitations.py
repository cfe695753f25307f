"""Invitations in both consoles: by mail, and as a link that is shown once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from signalbus.console.navigation import tenant_name
from signalbus.console.own_address import link_to
from signalbus.console.sites import platform
from signalbus.console.user_forms import role_field
from signalbus.panels.bases import OpenPanel
from signalbus.panels.buttons import Button
from signalbus.panels.words import ago, label
from tenants.operators import invitation_mail, invitations, mail
from tenants.operators.invitations import InvitationError, NewInvitation
from tenants.operators.models import Invitation
from tenants.roles import Role


class InvitationForm(forms.ModelForm):
    """Who is invited, as what. The invitation is made while the form is checked."""

    role = role_field(initial=Role.VIEWER)
    asking = ""

    class Meta:
        model = Invitation
        fields = ("email", "role")

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        if not self.errors:
            try:
                self.made = invitations.invite(wish["email"], Role(wish["role"]), self.asking)
            except InvitationError as error:
                raise ValidationError({"email": str(error)}) from error
        return wish


def _is_pending(invitation: Invitation) -> bool:
    return invitations.state_of(invitation) in (invitations.PENDING, invitations.EXPIRED)


class InvitationPanel(OpenPanel):
    """Who was invited. Of a link only the digest is kept: another one can be made."""

    form = InvitationForm
    list_display = ("email", "shown_role", "state", "invited_by", "made", "until")
    list_display_links = ("email",)
    list_filter = ("role",)
    search_fields = ("email__istartswith",)
    search_help_text = "The beginning of an address"
    fields = list_display
    buttons = (
        Button(
            name="resend",
            title="Make another link",
            icon="forward_to_inbox",
            method="resend",
            shown=_is_pending,
            sure="The former link ends. Make another one?",
        ),
        Button(
            name="revoke",
            title="Take it back",
            icon="cancel",
            method="revoke",
            shown=_is_pending,
            tone="bad",
        ),
    )
    empty_title = "Nobody is invited"
    empty_text = "Whom you invite chooses a name and a password, and gets the role that you give."

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.asking = request.user.get_username()
        return form

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> Any:
        return self.fields if obj else InvitationForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ()

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Invitation:
        form.save_m2m = lambda: None
        request.new_invitation = form.made  # type: ignore[attr-defined]
        form.instance = form.made.invitation
        return form.made.invitation

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has saved it."""

    def response_add(
        self, request: HttpRequest, obj: Invitation, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Shown to nobody: `add_view` answers, once the transaction around this is over."""
        return HttpResponse()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """No mail goes out before the invitation is stored, and no transaction waits for it."""
        answer = super().add_view(request, form_url, extra_context)
        new = getattr(request, "new_invitation", None)
        return self._show(request, new) if new else answer

    def resend(self, request: HttpRequest, invitation: Invitation) -> HttpResponse:
        return self._show(request, invitations.renew(invitation))

    def revoke(self, request: HttpRequest, invitation: Invitation) -> str:
        invitations.revoke(invitation)
        return f"The link for {invitation.email} opens nothing any more."

    def _show(self, request: HttpRequest, new: NewInvitation) -> HttpResponse:
        """Show the link in the answer itself, this one time, whether it went out by mail or not."""
        link = link_to(request, "join", new.secret)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{new.invitation.email} is invited",
            "new": new,
            "link": link,
            "trouble": _send(request, new.invitation, link),
        }
        headers = {"Cache-Control": "no-store"}
        return TemplateResponse(request, "console/new_invitation.html", context, headers=headers)

    @admin.display(description="Role")
    def shown_role(self, row: Invitation) -> str:
        return label(row.role)

    @admin.display(description="State")
    def state(self, row: Invitation) -> str:
        return label(invitations.state_of(row))

    @admin.display(description="Invited")
    def made(self, row: Invitation) -> str:
        return ago(row.created_at)

    @admin.display(description="Good until")
    def until(self, row: Invitation) -> str:
        return ago(row.expires_at) if invitations.state_of(row) == invitations.PENDING else "-"


def _send(request: HttpRequest, invitation: Invitation, link: str) -> str:
    """Send the link; why that did not work, if so."""
    try:
        invitation_mail.send(invitation, tenant_name(request), link)
    except mail.MailError as error:
        return str(error)
    return ""


for site in (admin.site, platform):
    site.register(Invitation, InvitationPanel)
