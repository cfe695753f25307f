"""What the database refuses, as problems that say what stands in the way."""

from django.db import IntegrityError
from django.db.models import ProtectedError

from signalbus.api.problems import Problem


def conflict(error: IntegrityError) -> Problem:
    """The problem for a row that there is already; the database's own words say which."""
    diagnostics = getattr(error.__cause__, "diag", None)
    detail = getattr(diagnostics, "message_detail", None)
    return Problem("conflict", str(detail or "Something like it exists already."))


def in_use(error: ProtectedError) -> Problem:
    """The problem for a row that others refer to, naming them."""
    users = sorted(str(row) for row in error.protected_objects)
    return Problem("conflict", f"It is in use by {', '.join(users)}.", extra={"used_by": users})
