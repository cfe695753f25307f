"""Tenants, their domains and keys, as the platform's operators see them.

The platform's site stands above this floor and registers these classes itself.
"""

from tenants.admin.platform.domains import DomainPanel
from tenants.admin.platform.keys import PlatformKeyPanel
from tenants.admin.platform.own_keys import OwnKeyPanel
from tenants.admin.platform.tenants import TenantPanel

__all__ = ["DomainPanel", "OwnKeyPanel", "PlatformKeyPanel", "TenantPanel"]
