"""Provider accounts: credentials that the key ring opens, and options that their kind knows."""

from collections.abc import Iterable, Iterator, Sequence

from delivery import accounts
from delivery.providers import registry
from delivery.providers.account import Account
from delivery.sender_domains import check
from delivery.sender_domains.values import State
from signalbus.bus.streams import Channel
from signalbus.doctor.findings import Finding, fail, ok, some, warn
from tenants import identity
from tenants.identity import TenantIdentity
from tenants.models import Tenant

Owned = tuple[str, Account]


def probe() -> Iterator[Finding]:
    """Every account of platform and tenants, each once."""
    owned = _owned()
    yield from _usable(owned)
    if platform_serves := {account.channel for owner, account in owned if owner == "platform"}:
        yield ok(f"The platform's accounts serve {some(sorted(platform_serves))}.")
    yield from _without(owned)


def probe_dns() -> Iterator[Finding]:
    """What DNS says of the domains that enabled accounts send for: SPF, DKIM, DMARC."""
    sendings = {
        sending: f"{owner}: {account.name}"
        for owner, account in _owned()
        if account.enabled and (sending := check.sending_of(account.kind, account.options))
    }
    for sending, name in sendings.items():
        bad = [each for each in check.findings(sending) if each.state is not State.OK]
        for each in bad:
            remedy = f"Publish {each.publish.value}" if each.publish and each.publish.value else ""
            remedy = remedy or "See the account's page: Ask DNS."
            yield warn(f"{name}, {each.check} of {each.name} {each.state}: {each.says}", remedy)
        if not bad:
            yield ok(f"{name}: SPF, DKIM and DMARC of {sending.domain} are in order.")
    if not sendings:
        yield ok("No account sends for a domain of its own.")


def _owned() -> list[Owned]:
    tenants = [identity.identity_of(row) for row in Tenant.objects.served().order_by("name")]
    accounts.forget()
    by_tenant = accounts.accounts_of_all(tenants)
    found: list[Owned] = [("platform", account) for account in accounts.of_platform()]
    for tenant in tenants:
        own = (each for each in by_tenant.get(tenant.id, ()) if not each.inherited)
        found += [(tenant.name, account) for account in own]
    return found


def _usable(owned: Sequence[Owned]) -> Iterator[Finding]:
    sealed = [f"{owner}: {account.name}" for owner, account in owned if account.problem]
    if sealed:
        remedy = "Put the missing key back into SIGNALBUS_ENCRYPTION_KEYS, behind the newest one."
        yield fail(f"The key ring does not open the credentials of {some(sealed)}.", remedy)
    for owner, account in owned:
        if account.enabled and not account.problem and (problems := _problems(account)):
            says = f"{owner}: the account {account.name} is wrong: {some(problems, 3)}"
            yield fail(says, "Correct it on its page in the console, or disable it.")
    if not sealed:
        yield ok(f"The key ring opens the credentials of all {len(owned)} accounts.")


def _problems(account: Account) -> list[str]:
    found = registry.validate(account.kind, account.channel, account.options, account.credentials)
    return [f"{pointer} {detail}" for pointer, detail in found]


def _without(owned: Iterable[Owned]) -> Iterator[Finding]:
    """Tenants that nothing can be sent for with a live key."""
    ready = {(owner, account.channel) for owner, account in owned if account.enabled}
    for channel in Channel:
        shared = ("platform", channel) in ready
        bare = [
            tenant.name
            for tenant in map(identity.identity_of, Tenant.objects.served().order_by("name"))
            if (tenant.name, channel) not in ready and not (shared and _inherits(tenant))
        ]
        if bare:
            says = f"No enabled account for {channel}: {some(bare)}."
            yield warn(says, "Add one in the console, if they are to send by that channel.")


def _inherits(tenant: TenantIdentity) -> bool:
    return tenant.inherits_accounts
