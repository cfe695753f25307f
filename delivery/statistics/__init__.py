"""How many deliveries came to what, and how long that took: kept as they move, never counted.

A delivery counts in the hour in which it was made, by mode, channel, provider, state, error class
and latency as they are now; so at any moment the statistics are what a GROUP BY over the deliveries
would find. A trigger (migration 0008) keeps them whoever moves a delivery: for each statement it
writes the differences as new rows, which nobody waits for. `folding` adds those up once a minute
and makes old hours into days; `reading` adds what is not folded yet.

- `latency` (p): the buckets and their quantiles
- `periods` (p): hours and days of UTC, and how far one may look
- `figures` (p): what is known of a group of deliveries
- `reading`: figures of the current tenant · `folding`: the jobs · `sql`: their statements
"""
