"""`/tenants/{tenant}/domains`: the host names of a tenant's console."""

from collections.abc import Sequence
from typing import Annotated

from django.db.models import QuerySet
from msgspec import UNSET, Meta, Struct, UnsetType

from signalbus.api.resources import Collection, Item, Resource
from signalbus.platform_api.bases import ByPlatformKey, conflict
from signalbus.platform_api.checks import check_domain
from signalbus.platform_api.shapes import Host
from tenants import domains
from tenants.domains import DomainError
from tenants.models import Domain

PRIMARY_HELP = "Whether it is the one that links to the console have."


class DomainIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A host name that is to show the tenant's console."""

    domain: Annotated[Host, Meta(description="Host name, without scheme, port and path.")]
    is_primary: Annotated[bool, Meta(description=f"{PRIMARY_HELP} The first one is anyway.")] = (
        False
    )


class DomainChanges(Struct, forbid_unknown_fields=True, kw_only=True):
    """What may change of a domain: another one can be made primary."""

    is_primary: Annotated[
        bool | UnsetType, Meta(description="true takes the primary place from the former.")
    ] = UNSET


class TenantDomainOut(Struct, kw_only=True):
    """A host name that shows the tenant's console."""

    domain: Annotated[str, Meta(description="The host name.")]
    is_primary: Annotated[bool, Meta(description=PRIMARY_HELP)]


class _Domains(ByPlatformKey, Resource[Domain]):
    noun = "a domain"
    nouns = "domains of a tenant"
    answer = TenantDomainOut

    def rows(self) -> QuerySet[Domain]:
        return Domain.objects.filter(tenant=self.tenant)

    def show(self, rows: Sequence[Domain]) -> list[TenantDomainOut]:
        return [TenantDomainOut(domain=row.domain, is_primary=row.is_primary) for row in rows]


class Domains(_Domains, Collection[Domain]):
    body = DomainIn

    def create(self, asked: DomainIn) -> Domain:
        check_domain(asked.domain)
        try:
            made = domains.add(self.tenant, asked.domain, is_primary=asked.is_primary)
        except DomainError as error:
            raise conflict(str(error), "/domain") from error
        self.tell("add domain", self.tenant, domain=asked.domain)
        return made


class OneDomain(_Domains, Item[Domain]):
    changes = DomainChanges
    key = "domain"

    def change(self, row: Domain, changes: DomainChanges) -> Domain:
        if changes.is_primary is True:
            domains.prefer(row)
            self.tell("prefer domain", self.tenant, domain=row.domain)
        elif changes.is_primary is False and row.is_primary:
            raise conflict(domains.PRIMARY.format(domain=row, tenant=self.tenant), "/is_primary")
        return row

    def remove(self, row: Domain) -> None:
        try:
            domains.remove(row)
        except DomainError as error:
            raise conflict(str(error)) from error
        self.tell("remove domain", self.tenant, domain=row.domain)
