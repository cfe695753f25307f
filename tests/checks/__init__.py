"""Checks of settings: each names its variable and what to write."""
