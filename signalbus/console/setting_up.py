"""Who still has to set up a second factor before anything else opens."""

from django.http import HttpRequest

from tenants.operators import two_factor

ALLOWED = frozenset({"two_factor", "logout", "jsi18n"})  # pages for those


def must_set_up(request: HttpRequest) -> bool:
    """Whether this user needs a second factor and has none yet."""
    has_one = request.sign_in.has_factor  # type: ignore[attr-defined]
    match = request.resolver_match
    return (
        not has_one
        and two_factor.is_required(getattr(request, "tenant", None))
        and not (match and match.url_name in ALLOWED)
    )
