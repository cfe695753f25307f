"""The errors that say that PostgreSQL is away, or would not now: its fault, and no item's."""

import psycopg
from django.db import InterfaceError, OperationalError

# The pipelined statements raise psycopg's own errors.
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
