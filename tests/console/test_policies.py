"""The form of a policy."""

from typing import Any

import pytest
from django.test import Client

from notifications.models import Policy
from templates_app.models import Template
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.make import make_template

ADD = "/admin/notifications/policy/add/"


@pytest.fixture
def form(acme: TenantIdentity) -> dict[str, Any]:
    """A policy with e-mail, and SMS as its fallback."""
    make_template(acme, "greeting")
    with in_tenant(acme):
        template = Template.objects.get(name="greeting").id
    return {
        "topic": "a.b",
        "priority": "high",
        "enabled": "on",
        "watch_seconds": "60",
        "channels-TOTAL_FORMS": "2",
        "channels-INITIAL_FORMS": "0",
        "channels-0-channel": "email",
        "channels-0-template": template,
        "channels-0-position": 0,
        "channels-1-channel": "sms",
        "channels-1-template": template,
        "channels-1-position": 1,
        "channels-1-fallback": "on",
    }


def said(console: Client, form: dict[str, Any]) -> str:
    answer = console.post(ADD, form)
    assert answer.status_code == 200, "It was taken."
    return answer.content.decode()


def test_figures_overrides_and_a_fallback(
    console: Client, acme: TenantIdentity, form: dict[str, Any]
) -> None:
    given = {"retry_tries": "3", "retry_first": "0.5", "overrides": ["hard_bounce", "manual"]}
    assert console.post(ADD, {**form, **given}).status_code == 302
    with in_tenant(acme):
        policy = Policy.objects.get(topic="a.b")
        assert policy.retry == {"tries": 3, "first": 0.5}
        assert (policy.watch_seconds, policy.overrides) == (60, ["hard_bounce", "manual"])
        assert [(row.channel, row.fallback) for row in policy.channels.all()] == [
            ("email", False),
            ("sms", True),
        ]
    page = console.get(f"/admin/notifications/policy/{policy.id}/change/").content.decode()
    assert 'name="retry_first" value="0.5"' in page
    assert 'name="retry_deadline"' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"retry_tries": "0"}, "It must be a whole number from 1 to 50."),
        ({"retry_deadline": "0"}, "It must be a number from 1 to"),
        ({"watch_seconds": "5"}, "greater than or equal to 10"),
        ({"watch_seconds": ""}, "A fallback needs the seconds"),
        ({"channels-0-fallback": "on"}, "At least one channel must not be a fallback."),
        ({"overrides": ["complaint"]}, "complaint is not one of the available choices"),
    ],
)
def test_what_cannot_be_is_said_at_the_form(
    console: Client, acme: TenantIdentity, form: dict[str, Any], changes: Any, words: str
) -> None:
    assert words in said(console, {**form, **changes})
    with in_tenant(acme):
        assert not Policy.objects.filter(topic="a.b").exists()
