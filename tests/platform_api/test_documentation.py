"""docs/platform-api.md: every request on it works, in order, and its figures are true."""

import json
import re

import pytest

from signalbus.bus.waiting import MOST_COUNTED
from tenants import deleting, provisioning, removal
from tests.platform_api.conftest import PlatformApi
from tests.processes import ROOT

DOCUMENT = (ROOT / "docs" / "platform-api.md").read_text()
REQUEST = re.compile(r"^`(POST|PATCH) (/\S+)`\n\n```json\n(.+?)\n```", re.MULTILINE | re.DOTALL)


def test_every_request_works_in_the_order_of_the_page(platform: PlatformApi) -> None:
    provisioning.prepare()
    requests = REQUEST.findall(DOCUMENT)
    assert len(requests) == 6
    for method, path, body in requests:
        answer = platform._call(method, path, body=json.loads(body), headers={})
        assert answer.status in (200, 201), (path, answer)
    assert platform.post("/tenants/initech/keep").body["state"] == "suspended"
    assert platform.post("/tenants/initech/resume").body["state"] == "active"


def test_its_figures_are_those_of_the_code() -> None:
    numbers = (
        f"counted up to {MOST_COUNTED:,} a stream",
        f"remembers it ({deleting.UNTIL_FORGOTTEN.seconds} s)",
        f"{removal.PAGE:,} at a time",
    )
    assert [words for words in numbers if words not in DOCUMENT] == []
    assert removal.TABLES == 8


@pytest.mark.parametrize("path", ["/", "/nope"])
def test_an_unknown_address_leads_to_the_platforms_own_document(
    platform: PlatformApi, path: str
) -> None:
    answer = platform.get(path)
    assert answer.status == 404
    assert "; /api/platform/v1/docs lists what there is" in answer.body["detail"]
