"""`/livez`, `/readyz` and `/metrics` of the web processes."""
