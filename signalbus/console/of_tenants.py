"""Rows of the public schema that carry a tenant's id, as the platform's console shows them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from signalbus.panels.bases import HistoryPanel
from tenants.models import Tenant


class OfTenants(HistoryPanel):
    """Rows that carry a tenant's id; the names are fetched for a whole page at once."""

    def prepare_page(self, rows: Any) -> None:
        ids = {row.tenant_id for row in rows}
        found = dict(Tenant.objects.filter(id__in=ids).values_list("id", "name"))
        for row in rows:
            row.tenant_name = found.get(row.tenant_id) or f"#{row.tenant_id}"

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row:
            self.prepare_page([row])
        return row

    @admin.display(description="Tenant")
    def tenant(self, row: Any) -> str:
        return str(row.tenant_name)
