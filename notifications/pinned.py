"""Deliveries that wait to be sent in the words of a template, which therefore has to stay."""

from typing import Any

from notifications.models import Delivery
from notifications.states import OPEN
from templates_app.models import Template

WAITING = "deliveries that wait to be sent"


def users(template: Template, **_: Any) -> list[str]:
    """The answer to `template_users_asked`."""
    versions = template.versions.values_list("id", "channel")
    waiting = Delivery.objects.filter(
        status__in=OPEN,
        channel__in={channel for _, channel in versions},
        template_version__in={version for version, _ in versions},
    )
    return [WAITING] if waiting.exists() else []
