"""The embedded stack, tested with real processes in a folder of their own."""
