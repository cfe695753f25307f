"""The sections that the OpenAPI document begins with, in Markdown."""

from signalbus.api.problems import KINDS, URN

SUMMARY = """\
Tell Signalbus what happened to whom: it decides, renders, sends, and tells what became of it.
Begin with docs/quick-start.md; docs/concepts.md explains the words and the states. `GET /api/v1/`
says, without a key, where the documents and the live stream are.
"""
AUTHENTICATION = """\
## Authentication and modes

Send `Authorization: Bearer sb_live_…` or `sb_test_…`, or the key in the header `X-API-Key`. The key
names the tenant, whatever the host, and the mode. A test key sees only what test keys made:
recipients, notifications, suppressions and idempotency keys have a mode. Templates, policies and
provider accounts are shared, so that a test key reads them and a live key writes them. What a key
may do is said by its scopes: `send`, `read`, `manage`. An operator's own key may besides do no more
than their role, and shows a viewer addresses masked, and neither contents nor data.
"""
IDEMPOTENCY = """\
## Idempotency

Send an `Idempotency-Key` (1 to 255 printable ASCII characters, such as a UUID) with every POST.
The same key with the same body gets the answer of the first request, marked
`Idempotency-Replayed: true`, and nothing is done twice; with another body it gets 422
(`idempotency-mismatch`), and while the first request is still running 409 (`in-progress`) with
`Retry-After`. Keys belong to the tenant and the mode. A refused request is not remembered: mend it,
and send it with the same key. docs/idempotency.md has the loop to write around a request.
"""
LIMITS = """\
## Limits

A tenant and a key may have limits of requests per second and notifications per minute, and quotas
for the day and the month of UTC, in all and by channel. Answers say how much is left:
`RateLimit-Policy: "tenant";q=2000;w=2` (2,000 at once, refilled in 2 s) and
`RateLimit: "tenant";r=1990;t=1` (1,990 left, all again in 1 s). Who asks too quickly gets 429
(`rate-limited`), who has used up a quota 429 (`quota-exceeded`) with `quota`, `of` (`tenant` or
`key`), `used`, `limit` and, unless that is 0, `opens_at`, both with
`Retry-After`. A batch counts its items, and is refused as a whole where it does not fit. Skipped
deliveries and replays do not count.
`GET /api/v1/usage` shows it all, docs/limits.md has every limit.
"""
LISTS = """\
## Lists

Lists are pages, newest first: follow `next` until it is null. Filters take exact values, and what
is no filter is refused (docs/lists.md).
"""
TEST_MODE = """\
## Test mode

Nothing that a test key asks for leaves the house: its deliveries go to the simulator. The address
decides what becomes of them. Anything may follow a `+` in the e-mail address, such as
`bounced+order-7@example.org`. What the simulator took is shown at `GET /api/v1/sandbox/messages`
(docs/test-mode.md).

| outcome | e-mail | phone number |
|---|---|---|
| sent, then delivered | `delivered@…` and any other | any other |
| sent, then bounced; the address is suppressed | `bounced@…` | - |
| delivered, then a complaint; the address is suppressed | `complained@…` | - |
| refused for good; the address is suppressed | `invalid@…` | ends in `0001` |
| refused: the recipient opted out | - | ends in `0010` |
| a temporary error twice, then sent | `flaky@…` | ends in `0020` |
| a temporary error always: a dead letter in the end | `down@…` | ends in `0021` |
| asked to wait for 2 s, then sent | `throttled@…` | ends in `0029` |
| sent after 3 s | `slow@…` | ends in `0030` |
| outcome unknown: no answer after the message was taken | `timeout@…` | ends in `0031` |
"""
ERRORS = """\
## Errors

Errors are `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, `instance`,
and `trace_id`, which finds the request in the logs. `errors` points to each wrong field by a JSON
pointer. The type begins with `{urn}`. The header `Link` with `rel="help"` leads to
the type's place on the page `/api/v1/errors`; docs/errors.md says which to send again.

| type | status | meaning | what to do |
|---|---|---|---|
{rows}
"""
ROW = "| `{name}` | {status} | {title} | {advice} |"


def introduction() -> str:
    """All sections, the one of errors made from the table of problems."""
    return "\n".join((SUMMARY, AUTHENTICATION, _errors(), IDEMPOTENCY, LIMITS, LISTS, TEST_MODE))


def _errors() -> str:
    rows = (
        ROW.format(name=name, status=kind.status, title=kind.title, advice=kind.advice)
        for name, kind in KINDS.items()
    )
    return ERRORS.format(urn=URN, rows="\n".join(rows))
