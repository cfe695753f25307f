"""The platform's provider accounts, which its tenants use without seeing what is in them.

The platform's site stands above this floor and registers the class itself.
"""

from delivery.admin.account_form import AccountForm, rate
from delivery.admin.accounts import AnyAccountPanel
from tenants.models import PlatformAccount


class PlatformAccountForm(AccountForm):
    """A tenant's share of the account may be limited as well."""

    tenant_per_second = rate("Messages per second of each tenant; empty: no limit.")

    class Meta(AccountForm.Meta):
        model = PlatformAccount  # type: ignore[assignment]
        fields = (*AccountForm.Meta.fields, "tenant_per_second")


class PlatformAccountPanel(AnyAccountPanel):
    """A tenant's own accounts come first, then these; a tenant may be told to do without."""

    form = PlatformAccountForm
    limits = (("per_second", "burst"), "tenant_per_second")
    empty_title = "No account of the platform yet"
    empty_text = "Tenants without an account of their own send by these; none of them sees inside."
