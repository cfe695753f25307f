"""The acts of the line as SQL, by parallel arrays: the number of statements never grows with them.

Each block is a SELECT, UPDATE, DELETE or INSERT that returns the ids of the entries it met, so that
it stands alone or as `WITH settled AS (…) UPDATE delivery …`: state and entry then change together
or not at all. Every block locks the entries in the order of their ids before it changes them. The
clock is the database's: `clock_timestamp()` gives new times, since a transaction may be old.
"""
# ruff: noqa: S608 - only constants of this file are put together

ENTRIES = "public.bus_outboxentry"
CLOCK = "clock_timestamp()"

HELD_COLUMNS = (
    "id, purpose, claim, generation, available_at, reason, tries, published, crashes, stream,"
    " tenant_id, delivery, claim_account, claim_sender, claimed_at, reserved_account, reserved_at"
)

# %(entries)s: a JSON array of NewEntry. Compared with an array for each field it halves what a new
# entry costs, most of which Python spends on writing arrays.
PUBLISH = f"""
INSERT INTO {ENTRIES} (id, stream, tenant_id, partition_key, delivery, purpose, available_at,
    reason, trace, body, generation, published, tries, crashes)
SELECT id, stream, tenant_id, partition_key, delivery, purpose, coalesce(available_at, {CLOCK}),
    reason, trace, body, 0, false, 0, 0
FROM json_to_recordset(%(entries)s::json) AS new (id uuid, stream text, tenant_id int,
    partition_key bigint, delivery uuid, purpose text, available_at timestamptz, reason text,
    trace text, body jsonb)
ORDER BY id
ON CONFLICT (id) DO NOTHING
RETURNING id
"""

# %(ids)s
PEEK = f"SELECT {HELD_COLUMNS} FROM {ENTRIES} WHERE id = ANY(%(ids)s::uuid[])"
LOCK = f"{PEEK} ORDER BY id FOR UPDATE"
# %(ids)s: of deliveries, whose watches are locked along.
LOCK_OF = f"""
SELECT {HELD_COLUMNS} FROM {ENTRIES}
WHERE id = ANY(%(ids)s::uuid[]) OR (purpose = 'watch' AND delivery = ANY(%(ids)s::uuid[]))
ORDER BY id FOR UPDATE
"""
REMOVE = f"""
DELETE FROM {ENTRIES} e USING (
    SELECT id FROM {ENTRIES} WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
) met WHERE e.id = met.id RETURNING e.id
"""


def _met(arrays: str, names: str, condition: str) -> str:
    """The entries that fulfil the condition, locked in order, with what is wanted of each."""
    return f"""(
    SELECT o.id AS met_id, wanted.* FROM {ENTRIES} o
    JOIN unnest({arrays}) AS wanted ({names}) ON o.id = wanted.entry
    WHERE o.id = ANY(%(entries)s::uuid[]) AND {condition}
    ORDER BY o.id FOR UPDATE OF o
) met"""


PRESENT = "o.published AND o.generation = wanted.generation"
UNCLAIMED = f"{PRESENT} AND o.claim IS NULL"
CLAIMED = "o.claim = wanted.claim"

_CLAIMS = _met("%(entries)s::uuid[], %(claims)s::uuid[]", "entry, claim", CLAIMED)
_OF_GENERATION = ("%(entries)s::uuid[], %(generations)s::int[]", "entry, generation")
_GENERATIONS = _met(*_OF_GENERATION, UNCLAIMED)

# %(entries)s, %(claims)s
SETTLE_CLAIMED = f"DELETE FROM {ENTRIES} e USING {_CLAIMS} WHERE e.id = met_id RETURNING e.id"
# %(entries)s, %(generations)s
SETTLE_UNCLAIMED = (
    f"DELETE FROM {ENTRIES} e USING {_GENERATIONS} WHERE e.id = met_id RETURNING e.id"
)
# The same parameters: unclaimed, or with a claim that has expired, as CLAIM below explains.
SETTLE_PRESENT = (
    f"DELETE FROM {ENTRIES} e USING {_met(*_OF_GENERATION, PRESENT)}"
    " WHERE e.id = met_id RETURNING e.id"
)

_NEXT_ARRAYS = (
    "%(delays)s::float8[], %(times)s::timestamptz[], %(reasons)s::text[], %(tries)s::int[],"
    " %(purposes)s::text[], %(crashes)s::int[], %(reservations)s::uuid[]"
)
_NEXT_NAMES = "delay, at, reason, tries, purpose, crashes, reservation"


def _postpone(arrays: str, names: str, condition: str) -> str:
    met = _met(f"{arrays}, {_NEXT_ARRAYS}", f"{names}, {_NEXT_NAMES}", condition)
    return f"""
UPDATE {ENTRIES} e SET
    published = false,
    claim = NULL,
    available_at = coalesce(met.at, {CLOCK} + make_interval(secs => met.delay)),
    reason = met.reason,
    tries = coalesce(met.tries, e.tries),
    purpose = coalesce(met.purpose, e.purpose),
    crashes = e.crashes + met.crashes,
    reserved_account = coalesce(met.reservation, e.reserved_account),
    reserved_at = CASE WHEN met.reservation IS NULL THEN e.reserved_at
        ELSE coalesce(met.at, {CLOCK} + make_interval(secs => met.delay)) END
FROM {met} WHERE e.id = met.met_id RETURNING e.id
"""


# %(entries)s, %(claims)s, and of the next time: %(delays)s, %(times)s (null: after the delay),
# %(reasons)s, %(tries)s (null: as it was), %(purposes)s (null: as it was), %(crashes)s (0 or 1),
# %(reservations)s (null: as it was)
POSTPONE_CLAIMED = _postpone("%(entries)s::uuid[], %(claims)s::uuid[]", "entry, claim", CLAIMED)
# %(entries)s, %(generations)s, and the same of the next time
POSTPONE_UNCLAIMED = _postpone(
    "%(entries)s::uuid[], %(generations)s::int[]", "entry, generation", UNCLAIMED
)

_WANTED = _met(
    "%(entries)s::uuid[], %(generations)s::int[], %(attempts)s::uuid[], %(accounts)s::uuid[],"
    " %(senders)s::text[], %(seconds)s::float8[]",
    "entry, generation, attempt, account, sender, seconds",
    UNCLAIMED,
)
# The claim of a reconciliation is only a lock: account, sender and time stay those of the call that
# is asked about. A claim raises the generation, so that a claimed entry is met under its present
# one only by a message of a later publication: the claim has expired.
CLAIM = f"""
UPDATE {ENTRIES} e SET
    claim = met.attempt,
    generation = e.generation + 1,
    claim_account = CASE e.purpose WHEN 'reconcile' THEN e.claim_account ELSE met.account END,
    claim_sender = CASE e.purpose WHEN 'reconcile' THEN e.claim_sender ELSE met.sender END,
    claimed_at = CASE e.purpose WHEN 'reconcile' THEN e.claimed_at ELSE {CLOCK} END,
    available_at = {CLOCK} + make_interval(secs => met.seconds),
    reason = '',
    reserved_account = NULL,
    reserved_at = NULL
FROM {_WANTED} WHERE e.id = met.met_id RETURNING e.id
"""

_UNEXPIRED = _met(
    "%(entries)s::uuid[], %(claims)s::uuid[], %(generations)s::int[]",
    "entry, claim, generation",
    f"{CLAIMED} AND o.generation = wanted.generation",
)
# %(entries)s, %(claims)s, %(generations)s, %(seconds)s. An expired claim that the relay has
# published again is somebody else's to judge, though it still stands.
PROLONG = f"""
UPDATE {ENTRIES} e SET available_at = {CLOCK} + make_interval(secs => %(seconds)s)
FROM {_UNEXPIRED} WHERE e.id = met.met_id RETURNING e.id
"""
# The same parameters. It stays claimed, since only that tells that a call may have been made.
CRASH = f"""
UPDATE {ENTRIES} e SET
    crashes = e.crashes + 1,
    reason = 'crashed',
    available_at = {CLOCK} + make_interval(secs => %(seconds)s)
FROM {_UNEXPIRED} WHERE e.id = met.met_id RETURNING e.id
"""
