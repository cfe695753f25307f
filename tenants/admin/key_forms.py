"""Forms of API keys: what may be chosen of a new one, and what may be changed."""

from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminRadioSelectWidget

from signalbus.panels import moments
from tenants.admin import limit_fields
from tenants.identity import identity_of
from tenants.limit_checks import check_key
from tenants.limits import Subject
from tenants.models import ApiKey, Scope, Tenant
from tenants.roles import Ability, may

APPLICATION, OWN = "application", "own"
SCOPE_NEEDS = {
    Scope.SEND: Ability.EDIT,
    Scope.READ: Ability.VIEW,
    Scope.MANAGE: Ability.EDIT,
}


def useful_scopes(role: str) -> set[str]:
    """The scopes that some endpoint opens to a key of somebody of this role."""
    return {str(scope) for scope, ability in SCOPE_NEEDS.items() if may(role, ability)}


class KeyLimitsForm(limit_fields.limited(Subject.KEY)):  # type: ignore[misc]
    """What may be changed of a key."""

    owner_id: int | None = None

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = ()

    def check_limits(self, wish: Any) -> None:
        tenant = self.owner()
        if tenant is not None:
            check_key(wish, identity_of(tenant).limits)

    def owner(self) -> Tenant | None:
        """Whose key it is, or is to be; None where that was not said."""
        if self.instance.tenant_id:
            return self.instance.tenant
        return Tenant.objects.filter(id=self.owner_id).first()


class KeyForm(KeyLimitsForm):
    """What may be chosen of a new key."""

    scopes = forms.MultipleChoiceField(
        choices=[
            (Scope.SEND, "send: ask for notifications, cancel and redrive them"),
            (Scope.READ, "read: look everything up"),
            (Scope.MANAGE, "manage: change templates, policies, recipients, accounts and keys"),
        ],
        initial=[Scope.SEND, Scope.READ],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta(KeyLimitsForm.Meta):
        fields: tuple[str, ...] = ("name", "mode", "scopes", "expires_at")

    def clean_expires_at(self) -> Any:
        moment = moments.checked(self.cleaned_data["expires_at"])
        if moment and moment <= timezone.now():
            raise forms.ValidationError("This moment has passed: the key could never be used.")
        return moment


class OwnKeyForm(KeyForm):
    """A key of one's own, with the scopes that one's role gives a use."""

    role = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        useful = useful_scopes(self.role)
        scopes = self.fields["scopes"]
        scopes.choices = [each for each in scopes.choices if each[0] in useful]
        scopes.initial = [Scope.READ]


class AnyKeyForm(KeyForm):
    """A key of an application, or of one's own."""

    whose = forms.ChoiceField(
        choices=[
            (APPLICATION, "An application's: it may do what its scopes say"),
            (OWN, "My own: it may do no more than I may at the time, and ends with my log-in"),
        ],
        initial=APPLICATION,
        required=False,
        widget=UnfoldAdminRadioSelectWidget,
    )

    class Meta(KeyForm.Meta):
        fields: tuple[str, ...] = ("name", "whose", "mode", "scopes", "expires_at")
