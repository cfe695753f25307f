"""What the examples' test takes as the same, and what it does not."""

import pytest

from tests.documents import elided
from tests.documents.answers import differences

ID = "01a1fc18-f194-7407-8484-b41d8bc1fdd1"


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        ('{"id": "019aa264-7c18-7d3e-b0f5-2f6e8c1d4a01"}', f'{{"id": "{ID}"}}'),
        ('{"id": "019…", …}', '{"id": "019", "status": "sent"}'),
        ('{"at": "2026-11-20T18:00:00Z"}', '{"at": "2027-01-02T03:04:05.678Z"}'),
        ('{"list": [1, …]}', '{"list": [1, 2, 3]}'),
        ('{"key": "sb_live_…"}', '{"key": "sb_live_D0of"}'),
        ('{"duration_ms": 84}', '{"duration_ms": 3}'),
    ],
)
def test_what_is_the_same(shown: str, real: str) -> None:
    assert differences("json", shown, real) == []


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        ('{"status": "sent"}', '{"status": "queued"}'),
        ('{"status": "sent"}', '{"status": "sent", "to": "a"}'),
        ('{"status": "sent", "to": "a"}', '{"status": "sent"}'),
        ('{"status": "sent", …}', '{"to": "a"}'),
        (f'{{"id": "{ID}"}}', '{"id": "user-42"}'),
        ('{"list": [1]}', '{"list": [1, 2]}'),
        ('{"list": [1, 2, …]}', '{"list": [1]}'),
        ('{"count": 1}', '{"count": 2}'),
        ('{"count": 1}', '{"count": true}'),
        ('{"at": null}', '{"at": "2027-01-02T03:04:05Z"}'),
        ("{}", "Bad gateway"),
    ],
)
def test_what_is_not(shown: str, real: str) -> None:
    assert differences("json", shown, real)


def test_headers_and_status() -> None:
    real = "HTTP/1.1 202 Accepted\r\nretry-after: 7\r\nx-other: 1\r\n\r\n{}"
    assert not differences("http", "HTTP/1.1 202 Accepted\nRetry-After: 7\n", real)
    assert differences("http", "HTTP/1.1 202 Accepted\nRetry-After: 8\n", real)
    assert differences("http", "HTTP/1.1 409 Conflict\n", real)
    assert differences("http", "HTTP/1.1 202 Accepted\nIdempotency-Replayed: true\n", real)
    assert differences("http", 'HTTP/1.1 202 Accepted\n\n{"id": 1}', real)


def test_a_stream_has_the_shown_lines_in_order() -> None:
    real = (
        'retry: 1\n\nid: 1\ndata: {"status":"queued"}\n\n: beat\nid: 2\ndata: {"status":"sent"}\n'
    )
    assert not differences("text", 'retry: …\n\ndata: {"status":"sent"}\n', real)
    assert differences("text", 'data: {"status":"sent"}\ndata: {"status":"queued"}\n', real)


def test_an_ellipsis_within_a_text_is_a_text() -> None:
    assert elided.loads('{"a": "b…", "c": [{…}, …], …}') == {
        "a": "b…",
        "c": [{"…": None}, "…"],
        "…": None,
    }
