"""`manage.py migrate` covers every schema."""

from tenants.management.commands.migrate_schemas import Command

__all__ = ["Command"]
