"""The HTTP endpoints of tenants: API keys."""
