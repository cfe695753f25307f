"""The HTTP endpoints of what became of it: notifications, dead letters, accounts."""
