"""The consoles' pages of tenants: API keys for everybody, the rest for the platform."""

from tenants.admin import keys

__all__ = ["keys"]
