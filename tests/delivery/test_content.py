"""What a delivery says is the same when it is sent and when it is looked at."""

from typing import Any
from uuid import uuid4

import pytest

from delivery import content, history
from notifications.models import Delivery, Notification
from templates_app.rendering import RenderError
from tenants.context import in_tenant
from tests.delivery.pipeline.conftest import line as line_fixture
from tests.delivery.pipeline.kit import Line, ask
from tests.door import Api
from tests.make import make_recipient

line = line_fixture
SEES = "{{ recipient.id }} {{ recipient.locale }} {{ recipient.time_zone }} {{ recipient.email }}"


def look_at(line: Line, notification: str) -> history.Content:
    with in_tenant(line.tenant):
        (found,) = history.found([Notification.objects.get(id=notification)])
        (shown,) = history.content(found)
    return shown


def test_it_is_shown_as_it_was_sent(api: Api, line: Line) -> None:
    make_recipient(line.tenant, "user-1", email="ana@example.org")
    notification = ask(api, to="", channel="email", recipient="user-1", text=SEES)
    line.deliver()
    shown = look_at(line, notification)
    (sent,) = line.provider.sent
    assert (shown.subject, shown.text, shown.html) == (sent.subject, sent.text, sent.html)
    assert "user-1" in sent.text
    assert "ana@example.org" in sent.text


def test_a_version_that_was_deleted_says_so_at_both_places(api: Api, line: Line) -> None:
    notification = ask(api)
    with in_tenant(line.tenant):
        Delivery.objects.update(template_version_id=uuid4())
    line.deliver()
    shown = look_at(line, notification)
    assert (line.delivery().detail, shown.error) == (content.GONE, content.GONE)


def test_the_person_that_a_template_sees() -> None:
    given: dict[str, Any] = {"reference": "user-1", "attributes": None, "locale": "fr"}
    seen = content.recipient_values(**given, time_zone=None, channel="sms", address="+33612345678")
    assert seen == {
        "id": "user-1",
        "attributes": {},
        "locale": "fr",
        "time_zone": "",
        "phone": "+33612345678",
    }


def test_a_version_that_is_not_there_is_an_error(line: Line) -> None:
    with in_tenant(line.tenant), pytest.raises(RenderError, match="has been deleted"):
        content.render(uuid4(), None, "email", {})
