"""Kills in a seeded order while notifications are accepted and delivered: `make chaos`."""
