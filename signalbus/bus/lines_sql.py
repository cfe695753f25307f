"""The statements on pauses, and the conditions that others put into theirs."""
# ruff: noqa: S608 - only constants of this file are put together

from signalbus.bus.purposes import Purpose

# Reasons for which only the relay holds entries back, and only those without a moment of their own.
LIMIT = "limit"  # so many have been given their moment that further ones would reach too far
CROWDED = "crowded"  # workers have enough waiting for this line's provider
SOFT = (LIMIT, CROWDED)
# Reasons for which no provider is called. What waits for a receipt calls none, and may have to take
# another way just then: it goes on.
BREAKER = "breaker"  # all accounts have failed too often
NO_ACCOUNT = "no_account"  # the tenant has none for the channel that is enabled
UNSENDABLE = (BREAKER, NO_ACCOUNT)


def _listed(reasons: tuple[str, ...]) -> str:
    return ", ".join(f"'{reason}'" for reason in reasons)


# For a row `pause`: whether it still holds; whether it holds back all that calls a provider; and
# whether it holds back everything.
IN_FORCE = "(pause.until IS NULL OR pause.until > statement_timestamp())"
STANDS = f"({IN_FORCE} AND pause.reason NOT IN ({_listed(SOFT)}))"
STOPS = f"({IN_FORCE} AND pause.reason NOT IN ({_listed(SOFT + UNSENDABLE)}))"
# For a row `pause` and an `entry` of its line: whether that one is held back, whatever its moment.
HOLDS = f"({STANDS} AND ({STOPS} OR entry.purpose <> '{Purpose.WATCH}'))"

# %(streams)s, %(tenants)s, %(reasons)s, %(notes)s, %(seconds)s (null: until somebody resumes it)
PAUSE = """
INSERT INTO public.bus_linepause AS pause (stream, tenant_id, reason, note, since, until)
SELECT stream, tenant_id, reason, note, clock_timestamp(),
    clock_timestamp() + make_interval(secs => seconds)
FROM unnest(%(streams)s::text[], %(tenants)s::int[], %(reasons)s::text[], %(notes)s::text[],
    %(seconds)s::float8[]) AS wanted (stream, tenant_id, reason, note, seconds)
ORDER BY stream, tenant_id, reason
ON CONFLICT (stream, tenant_id, reason) DO UPDATE SET
    note = excluded.note,
    until = excluded.until,
    since = CASE WHEN pause.until < clock_timestamp() THEN excluded.since ELSE pause.since END
"""

# %(streams)s, %(tenants)s, %(reason)s
RESUME = """
DELETE FROM public.bus_linepause pause
USING unnest(%(streams)s::text[], %(tenants)s::int[]) AS line (stream, tenant_id)
WHERE pause.stream = line.stream AND pause.tenant_id = line.tenant_id
    AND pause.reason = %(reason)s
"""

# %(streams)s, %(tenants)s
PAUSES = f"""
SELECT DISTINCT line.stream, line.tenant_id
FROM unnest(%(streams)s::text[], %(tenants)s::int[]) AS line (stream, tenant_id)
JOIN public.bus_linepause pause
    ON pause.tenant_id = line.tenant_id AND pause.stream IN (line.stream, '') AND {STANDS}
"""

# What has ended just now still tells the relay to try a line with a few entries first.
PURGE = """
DELETE FROM public.bus_linepause WHERE id IN (
    SELECT id FROM public.bus_linepause
    WHERE until < statement_timestamp() - interval '10 minutes' FOR UPDATE SKIP LOCKED
)
"""
