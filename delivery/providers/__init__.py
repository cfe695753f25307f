"""Drivers: how messages reach people.

base (what every driver is) · registry (kinds and their drivers) · kinds (the table of kinds) ·
simulator · email/ · twilio/. A driver outside the repository registers by an entry point.
"""
