"""The way of a delivery through a worker, one file for each step.

    Kafka ─ worker ─▶ facts ─▶ gate ─▶ route ─▶ lineup ─▶ content ─▶ claim ─▶ dispatcher ─▶ provider
                                 │                                                │
                             set_aside ◀──────────── rendering failed             ▼
                                                             PostgreSQL ◀─ record ◀─ verdicts

One thread owns the database connection and runs the loop; the dispatcher's threads do network
only. Every step takes a list and is safe to repeat, since the claim decides who may send.
"""
