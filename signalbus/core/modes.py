"""The two worlds of a tenant: what is real, and what goes to the simulator only. Pure."""

LIVE, TEST = "live", "test"
