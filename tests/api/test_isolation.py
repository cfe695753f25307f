"""No key gets anything of another tenant or mode: every route and method, with real objects.

A route for which there is no object fails here, so that none is forgotten.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import connection
from psycopg import sql

from signalbus.api.examples import EXAMPLES
from tenants.identity import TenantIdentity
from tenants.scopes import access_to
from tests.api.objects import Route, mark_of, objects_of, routes
from tests.door import OPEN_ROUTES, Answer, Api
from tests.make import make_key
from tests.tables import OF_A_TENANT, YOUNGER

# Everything that a tenant has, and what of the public schema belongs to it.
TABLES = (*OF_A_TENANT, *(table for table, _ in YOUNGER))
PUBLIC = ("bus_outboxentry", "bus_linepause", "tenants_apikey")
AUDIT = "auditlog_logentry"  # of both modes
SHORTEST_MARK = 8  # numbers of rows are no marks: others have the same

Objects = Mapping[str, Mapping[str, Any]]


def calls() -> list[tuple[Route, str]]:
    """Every route and method that needs a key; what deletes comes last."""
    found = [
        (route, method)
        for route in routes()
        if route.name not in OPEN_ROUTES
        for method in route.methods
    ]
    return sorted(found, key=lambda call: call[1] == "DELETE")


def walk(
    api: Api, objects: Objects, check: Callable[[Route, str, Answer], Iterator[str]]
) -> list[str]:
    """Send each route's example to its object; what the check finds wrong, for every call."""
    wrong = []
    for route, method in calls():
        example = EXAMPLES[method, f"/{route.path}"]
        address = route.address(objects[route.name])
        answer = api._call(
            method, address, body=example.body, body_type=example.body_type, headers={}
        )
        wrong += [f"{method} {route.name}: {each}" for each in check(route, method, answer)]
    return wrong


def state_of(tenant: TenantIdentity) -> dict[str, str]:
    """A digest of every table of the tenant, but for when its keys were used."""
    own = {table: sql.Identifier(tenant.schema, table) for table in TABLES}
    public = {table: sql.Identifier("public", table) for table in PUBLIC}
    of_tenant = sql.SQL(" WHERE tenant_id = {}").format(sql.Literal(tenant.id))
    return {
        table: _digest(name, of_tenant if table in public else sql.SQL(""))
        for table, name in (own | public).items()
    }


def _digest(table: sql.Identifier, where: sql.Composable) -> str:
    rows = "string_agg((to_jsonb(t) - 'last_used_at')::text, '' ORDER BY to_jsonb(t)::text)"
    query = sql.SQL("SELECT md5({}) FROM {} t{}").format(sql.SQL(rows), table, where)
    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchone()[0])


def marks(tenant: TenantIdentity, mode: str, objects: Objects) -> set[str]:
    """The ids of the objects, and the word that stands in all of them."""
    values = {str(value) for each in objects.values() for value in each.values()}
    return {value for value in values if len(value) >= SHORTEST_MARK} | {mark_of(tenant, mode)}


def is_shared(route: str) -> bool:
    """Templates, policies, accounts and notices belong to both modes; `publish` names a policy."""
    shared = ("template", "polic", "provider-account", "notice")
    return route == "publish" or route.startswith(shared)


def writes_shared(route: Route, method: str) -> bool:
    access = access_to(route.name, method)
    return access is not None and access.live_only


def missing(route: Route) -> tuple[int, str]:
    """What the address of something that is not there is answered with."""
    return (422, "no-policy") if route.name == "publish" else (404, "not-found")


def is_refused(answer: Answer, status: int, kind: str) -> Iterator[str]:
    if answer.status != status or answer.kind != kind:
        yield f"not {kind} but {answer}"


def leaks(answer: Answer, foreign: set[str]) -> Iterator[str]:
    yield from (f"shows {mark}" for mark in foreign if mark in str(answer.body))


def test_the_table_of_access_knows_every_route_and_method() -> None:
    assert [call for call in calls() if access_to(call[0].name, call[1]) is None] == []


def test_objects_of_another_tenant_are_not_found(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    foreign = objects_of(globex)
    before = state_of(globex)

    def check(route: Route, method: str, answer: Answer) -> Iterator[str]:
        if "{" in route.path:
            yield from is_refused(answer, *missing(route))
        if state_of(globex) != before:
            yield "changed something of globex"

    assert walk(Api(make_key(acme)), foreign, check) == []


def test_beside_the_own_nothing_of_another_tenant_shows(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    own, others = objects_of(acme), objects_of(globex)
    foreign, before = marks(globex, "live", others), state_of(globex)

    def check(route: Route, method: str, answer: Answer) -> Iterator[str]:
        if answer.status >= 400:
            yield f"does not work: {answer}"
        yield from leaks(answer, foreign)
        if state_of(globex) != before:
            yield "changed something of globex"

    assert walk(Api(make_key(acme)), own, check) == []


def test_objects_of_the_other_mode_are_not_found(acme: TenantIdentity) -> None:
    live = objects_of(acme)
    api = Api(make_key(acme, mode="test"))
    before = state_of(acme)

    def check(route: Route, method: str, answer: Answer) -> Iterator[str]:
        if writes_shared(route, method):
            yield from is_refused(answer, 403, "live-key-needed")
        elif "{" in route.path and not is_shared(route.name):
            yield from is_refused(answer, 404, "not-found")
        elif answer.status >= 400 and answer.kind != "live-key-needed":
            yield f"does not work: {answer}"
        if (method != "POST" or "{" in route.path) and route.name != "publish":
            state = state_of(acme)
            changed = [each for each in state if state[each] != before[each] and each != AUDIT]
            yield from (f"changed {name}" for name in changed)
        before.update(state_of(acme))

    assert walk(api, live, check) == []


def test_beside_the_own_nothing_of_the_other_mode_shows(acme: TenantIdentity) -> None:
    live, own = objects_of(acme), objects_of(acme, "test")
    hidden = {name: values for name, values in live.items() if not is_shared(name)}
    foreign = marks(acme, "live", hidden)

    def check(route: Route, method: str, answer: Answer) -> Iterator[str]:
        if answer.status >= 400 and answer.kind != "live-key-needed":
            yield f"does not work: {answer}"
        yield from leaks(answer, foreign)

    assert walk(Api(make_key(acme, mode="test")), own, check) == []
