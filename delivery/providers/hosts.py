"""Whether the servers that a tenant's account names may be connected to, as far as is known now.

Told when an account is stored; what counts is the look at each connection, since names move.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings

from delivery.providers import registry
from delivery.providers.kinds import Problem, Type
from signalbus.core.addresses import AddressRefusedError, resolve

SECONDS = 2.0  # that the DNS may take, since a transaction waits meanwhile

_askers = ThreadPoolExecutor(4, thread_name_prefix="hosts")


def problems_of_hosts(
    kind: str, options: Mapping[str, Any], former: Mapping[str, Any]
) -> Iterator[Problem]:
    """What is wrong with the hosts that are not as they were, as (JSON pointer, detail)."""
    found = registry.find(kind)
    for field in found.options if found else ():
        host = options.get(field.name)
        if field.type is Type.HOST and host and host != former.get(field.name):
            problem = _problem(str(host))
            if problem:
                yield f"/options/{field.name}", problem


def _problem(host: str) -> str:
    """Nothing where the DNS does not know the name, or does not answer in time."""
    try:
        _askers.submit(resolve, host, 0, settings.OUTBOUND_NETWORKS).result(SECONDS)
    except AddressRefusedError as error:
        return str(error)
    except (OSError, UnicodeError):
        return ""
    return ""
