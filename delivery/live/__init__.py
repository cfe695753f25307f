"""The live stream: each change of a delivery's state, told as server-sent events as it happens.

A trigger (migration 0009) writes the changes as moves, in the transaction that makes them and only
while somebody listens to that tenant, and for an hour after. `run_stream` reads each tenant's moves
once, however many listen, and hands them to all of them. A move's id is given before its
transaction is committed; so an id that is missing is waited for until its transaction is known to
have ended, and nothing that is committed late is passed by. A client that comes back says the last
id that it has seen, and gets what came after it from the table.

- `moves` (p): a move and its text in the stream · `wanted` (p): which ones somebody wants
- `places` (p): how far a tenant's moves were handed on · `queues` (p): what waits for one listener
- `sql`, `reading`: the statements, and what they answer · `trimming`: the job that forgets
- `tickets`, `holders`: who may listen, and whether they still may
- `feed`: one tenant's moves · `hub`: all feeds and all listeners · `speaking`: one connection
- `server`: the small server of `run_stream`; what it serves is signalbus/asgi.py
"""
