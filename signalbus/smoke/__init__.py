"""Sends a message through a deployed installation by a test key, and looks at each answer.

Only HTTP, only the standard library: `python -m signalbus.smoke --url … --key sb_test_…` needs no
setting and no server on this side; `manage.py smoke` is the same.
"""
