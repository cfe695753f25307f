"""The HTTP endpoints of asking: notify, publish, batches, policies, recipients."""
