"""Whom Signalbus serves: tenants, their domains and their keys, and how a request finds its own."""
