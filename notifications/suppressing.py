"""How an address comes to be suppressed: which reasons weigh more, and how soft bounces add up.

The statements' parts are shared by receipts, by the recorder of what providers refuse, and by
imports. Pure: the installation's figures come in as parameters.
"""
# ruff: noqa: S608 - only constants of this file are put together

# What people said themselves. Nothing is sent in spite of it, and no other reason replaces it.
FINAL = frozenset({"complaint", "opt_out"})
SOFT = "soft_bounces"

_FINAL = ", ".join(f"'{reason}'" for reason in sorted(FINAL))
COLUMNS = "mode, channel, address, reason, note, source_delivery, source_receipt, expires_at"


def weight(reason: str) -> str:
    """SQL: whether the column's reason is final, to order by and to compare with."""
    return f"({reason} IN ({_FINAL}))"


# An upsert of `notifications_suppression AS held` ends with this. A reason that lapsed gives way to
# any, a reason that people did not give themselves to one that they did; else the one that lasts
# longer stays, and of two that last as long the first one.
REPLACES = f"""ON CONFLICT (mode, channel, address) DO UPDATE SET
    reason = excluded.reason, note = excluded.note, expires_at = excluded.expires_at,
    source_delivery = excluded.source_delivery, source_receipt = excluded.source_receipt,
    created_at = excluded.created_at
WHERE held.expires_at <= excluded.created_at
    OR {weight("excluded.reason")} > {weight("held.reason")}
    OR ({weight("excluded.reason")} = {weight("held.reason")} AND held.expires_at IS NOT NULL
        AND coalesce(excluded.expires_at > held.expires_at, true))"""

# A file takes the place of what there is, but for what people said themselves.
IMPORTS = f"""ON CONFLICT (mode, channel, address) DO UPDATE SET
    reason = excluded.reason, note = excluded.note, expires_at = excluded.expires_at,
    source_delivery = NULL, source_receipt = NULL, created_at = excluded.created_at
WHERE (held.reason, held.note, held.expires_at)
        IS DISTINCT FROM (excluded.reason, excluded.note, excluded.expires_at)
    AND ({weight("excluded.reason")} >= {weight("held.reason")}
        OR held.expires_at <= excluded.created_at)"""

# What follows from the rows of a CTE `cause` (mode, channel, address, reason, note, delivery,
# receipt, place), of which the reason SOFT tells of a single soft bounce. A count that is full, or
# older than it may be, begins anew.
_ANEW = "(held.count >= %(soft_limit)s::int OR held.since < now() - %(soft_within)s::interval)"
CONSEQUENCES = f"""
soft AS (
    INSERT INTO {{schema}}.notifications_softbounces AS held (
        mode, channel, address, count, since, last_at
    )
    SELECT mode, channel, address, count(*), now(), now() FROM cause WHERE reason = '{SOFT}'
    GROUP BY mode, channel, address ORDER BY mode, channel, address
    ON CONFLICT (mode, channel, address) DO UPDATE SET
        count = excluded.count + CASE WHEN {_ANEW} THEN 0 ELSE held.count END,
        since = CASE WHEN {_ANEW} THEN excluded.since ELSE held.since END,
        last_at = excluded.last_at
    RETURNING mode, channel, address, count
), suppressed AS (
    INSERT INTO {{schema}}.notifications_suppression AS held ({COLUMNS}, created_at)
    SELECT DISTINCT ON (mode, channel, address) mode, channel, address, reason,
        left(note, 300), delivery, receipt, expires_at, now()
    FROM (
        SELECT cause.*, NULL::timestamptz AS expires_at FROM cause WHERE reason <> '{SOFT}'
        UNION ALL
        SELECT cause.*, now() + %(soft_rest)s::interval
        FROM cause JOIN soft USING (mode, channel, address)
        WHERE reason = '{SOFT}' AND soft.count >= %(soft_limit)s::int
    ) suppressing
    ORDER BY mode, channel, address, {weight("reason")} DESC, expires_at DESC NULLS FIRST, place
    {REPLACES}
)"""
