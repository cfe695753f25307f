"""What a console depends on is not deleted: the page says why, and what to do first."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class Kept:
    """Mixin of a panel. Rows are deleted one by one, since each may have its own reason to stay."""

    def reason_to_keep(self, row: Any) -> str:
        """Why this row cannot be deleted now; nothing where it can."""
        raise NotImplementedError

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        return {name: each for name, each in actions.items() if name != "delete_selected"}

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        reason = self.reason_to_keep(row) if row else ""
        if not reason:
            return super().delete_view(request, object_id, extra_context)  # type: ignore[misc]
        messages.error(request, reason)
        opts = self.opts  # type: ignore[attr-defined]
        return redirect(f"admin:{opts.app_label}_{opts.model_name}_change", object_id)
