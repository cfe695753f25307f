"""docs/migrating.md: every request of ours on it is accepted, every one of theirs is explained."""

import json
import re
from pathlib import Path

import pytest

from signalbus.api.hints import FIELDS, HEADERS
from tests.door import Api

PAGE = (Path(__file__).parents[2] / "docs" / "migrating.md").read_text()
OURS = re.findall(
    r"```http\nPOST /api/v1(\S+)\n(?:Idempotency-Key: (\S+)\n)?(.*?)```", PAGE, re.DOTALL
)
THEIRS = re.findall(r"```json theirs=(\S+)\n(.*?)```", PAGE, re.DOTALL)
ANSWER = re.compile(r"```json\n(.*?)```", re.DOTALL)
SYSTEMS = 6
WORDS = {
    **{theirs: [f"`{name}`" for name in ours] for theirs, ours in FIELDS.items()},
    **{theirs: [header] for theirs, header in HEADERS.items()},
}


def test_every_system_has_its_requests() -> None:
    assert len(THEIRS) == SYSTEMS
    assert len(OURS) >= SYSTEMS


def test_the_answer_that_it_shows_is_the_real_one(api: Api) -> None:
    shown = json.loads(found[1]) if (found := ANSWER.search(PAGE)) else {}
    body = {"topic": "welcome", "recipient": "ana", "payload": {}}
    real = api.post("/notify", body).body
    assert shown == {name: real[name] for name in ("type", "title", "status", "errors")}


@pytest.mark.parametrize(("path", "key", "body"), OURS, ids=range(len(OURS)))
def test_ours_is_accepted(api: Api, path: str, key: str, body: str) -> None:
    api.post("/notify", {"topic": "welcome", "recipient": {"id": "ana", "email": "a@example.org"}})
    answer = api.post(path, json.loads(body), **({"Idempotency-Key": key} if key else {}))
    assert answer.status == 202, answer
    assert not answer.body.get("refused"), answer


@pytest.mark.parametrize(("path", "body"), THEIRS, ids=range(len(THEIRS)))
def test_theirs_is_told_our_words(api: Api, path: str, body: str) -> None:
    answer = api.post(path, json.loads(body))
    assert answer.status == 422, answer
    said = {error["pointer"]: error["detail"] for error in answer.body["errors"]}
    explained = [pointer for pointer in said if _word(pointer) in WORDS]
    assert explained, said
    for pointer in explained:
        assert any(ours in said[pointer] for ours in WORDS[_word(pointer)]), said


def _word(pointer: str) -> str:
    return pointer.rpartition("/")[2]
