"""Whatever is sent in place of a part of an example is answered with a problem, not a fault."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signalbus.api.examples import EXAMPLES
from tenants.identity import TenantIdentity
from tests.api.objects import objects_of, routes
from tests.door import JSON, Api
from tests.make import make_key

ODD_TEXTS = (
    "",
    "\x00",
    "\u202e",
    "x" * 5000,
    "{{ a.b[0] }}",
    "{% raw %}",
    "+33612345678",
    "fr-CA",
    "ana@example.org",
    "a@b.example\nX: y",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-01:00",
    "2026-12-31T00:00:00+23:00",
)
TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(ODD_TEXTS))
NUMBERS = st.sampled_from([0, -1, 2**31, 2**63, 10**40, 1.5, -0.0, 1e308])
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
JUNK = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = sorted(
    place
    for place, example in EXAMPLES.items()
    if example.body is not None and example.body_type == JSON
)


def nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a body, the body itself first."""
    yield path
    if isinstance(value, dict | list):
        steps = value if isinstance(value, dict) else range(len(value))
        for step in steps:
            yield from nodes(value[step], (*path, step))


def replaced(body: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """The body with something else at the end of the way."""
    if not path:
        return junk
    changed = copy.deepcopy(body)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = junk
    return changed


@pytest.mark.parametrize("place", PLACES, ids=lambda place: " ".join(place))
def test_no_body_is_answered_with_a_fault(acme: TenantIdentity, place: tuple[str, str]) -> None:
    method, path = place
    values = objects_of(acme)[next(each.name for each in routes() if f"/{each.path}" == path)]
    api, body = Api(make_key(acme)), EXAMPLES[place].body

    @settings(
        max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(way=st.sampled_from(list(nodes(body))), junk=JUNK)
    def send(way: tuple[Any, ...], junk: Any) -> None:
        answer = api._call(
            method, path.format(**values), body=replaced(body, way, junk), headers={}
        )
        assert answer.status < 500, (answer, way, junk)

    send()


@pytest.mark.parametrize(
    "path",
    [
        "/suppressions/99999999999999999999999",
        "/suppressions?cursor=bzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
        "/recipients/%F0%9F%92%A9",
        "/recipients/%FF",
        "/templates/" + "x" * 3000,
        "/notifications?correlation_id=" + "x" * 3000,
        "/notifications?to=%E2%80%AE%FF",
        "/notifications?created_after=0001-01-01T00:00:00Z",
        "/notifications?created_before=9999-12-31T23:59:59Z",
        "/notifications?created_after=1969-01-01T00:00:00Z",
        "/recipients?email=nonsense&phone=7",
    ],
)
def test_no_address_is_answered_with_a_fault(api: Api, path: str) -> None:
    answer = api._send("GET", path, b"", "", {})
    assert answer.status < 500, answer
