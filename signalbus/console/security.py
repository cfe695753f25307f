"""Whether everybody at a console needs a second factor, and who has none: for owners."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from tenants.operators import two_factor
from tenants.operators.models import Authenticator

MOST_SHOWN = 200
FIRST_OWN = (
    "Set up your own second factor first: so you know that it works, and are not locked out."
)


def security_page(site: Any, request: HttpRequest) -> HttpResponse:
    """The page, and the switch of a tenant; the platform's is a setting."""
    tenant = getattr(request, "tenant", None)
    if request.method == "POST" and tenant:
        _switch(request, tenant.id, request.POST.get("require") == "yes")
        return redirect("admin:security")
    without = _without()
    context = {
        **site.each_context(request),
        "title": "Security",
        "is_required": two_factor.is_required(tenant),
        "people": get_user_model().objects.filter(is_active=True).count(),
        "without": without.count(),
        "shown": without[:MOST_SHOWN],
    }
    return TemplateResponse(request, "console/security.html", context)


def _switch(request: HttpRequest, tenant_id: int, wanted: bool) -> None:
    if wanted and not request.sign_in.has_factor:  # type: ignore[attr-defined]
        messages.error(request, FIRST_OWN)
        return
    two_factor.require(tenant_id, wanted)
    told = "Everybody needs a second factor now." if wanted else "A second factor is free to have."
    messages.success(request, told)


def _without() -> QuerySet[Any]:
    factors = Authenticator.objects.filter(user=OuterRef("pk"), confirmed=True)
    people = get_user_model().objects.filter(~Exists(factors), is_active=True)
    return people.order_by("username")
