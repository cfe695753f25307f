"""What Kafka carries, and what is refused."""

import json
from uuid import UUID

import pytest

from signalbus.bus.envelope import VERSION, Envelope, EnvelopeError, decode, encode

ENTRY = UUID("0197a3f0-5dce-7c71-94cf-9f233006eb2f")


def _envelope(version: int = VERSION) -> Envelope:
    return Envelope(v=version, tenant=3, entry=ENTRY, generation=2, purpose="send", trace="00-…")


def test_it_comes_back_as_it_went() -> None:
    envelope = _envelope()
    assert decode(encode(envelope)) == envelope


def test_it_is_json_and_says_nothing_more_than_where_to_look() -> None:
    fields = json.loads(encode(_envelope()))
    assert fields.keys() == {"v", "tenant", "entry", "generation", "purpose", "trace"}


def test_a_field_of_a_later_release_is_passed_over() -> None:
    fields = {**json.loads(encode(_envelope())), "shard": 4}
    assert decode(json.dumps(fields).encode()).tenant == 3


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (None, "not an envelope"),
        (b"", "not an envelope"),
        (b"garbage", "not an envelope"),
        (b"\xff\xfe", "not an envelope"),
        (b'{"v": 1, "tenant": "three"}', "not an envelope"),
        (b'{"v": 2, "what": "else"}', "newer than 1: upgrade"),
        (encode(_envelope(9)), "newer"),
        (encode(_envelope(0)), "version 0"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(message: bytes, reason: str) -> None:
    with pytest.raises(EnvelopeError, match=reason):
        decode(message)
