"""Another name for a tenant.

The name is what commands and the platform's addresses use, and stands in logs and metrics. Its
schema, its domains, its keys and all that refers to it by number stay as they are.
"""

from django.conf import settings
from django.db import IntegrityError, transaction

from signalbus.core.errors import SignalbusError
from signalbus.core.logs import get_logger
from tenants import identity
from tenants.models import Tenant
from tenants.provisioning import check_name

IN_SETTINGS = (
    "SIGNALBUS_DEFAULT_TENANT names {name}, so the bare host would show no console. Empty it, "
    "rename the tenant, and set it to the new name."
)

log = get_logger(__name__)


class RenamingError(SignalbusError):
    """A name that the tenant cannot have now, though it could be one."""


def rename(tenant: Tenant, name: str) -> None:
    """Call the tenant so from now on; in other processes within seconds.

    Raises ProvisioningError for what is no name, RenamingError for one that is taken or bound.
    """
    former = tenant.name
    if name == former:
        return
    check_name(name)
    if former == settings.DEFAULT_TENANT:
        raise RenamingError(IN_SETTINGS.format(name=former))
    if Tenant.objects.filter(name=name).exists():
        raise _taken(name)
    tenant.name = name
    try:
        with transaction.atomic():
            tenant.save(update_fields=["name"])
    except IntegrityError as error:
        raise _taken(name) from error
    transaction.on_commit(identity.forget)
    log.warning("tenant.renamed", former=former, tenant=name)


def _taken(name: str) -> RenamingError:
    return RenamingError(f"A tenant named {name} exists already.")
