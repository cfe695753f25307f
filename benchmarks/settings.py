"""Signalbus's settings with one address more: the view that does nothing."""

from signalbus.settings import *  # noqa: F403

ROOT_URLCONF = PUBLIC_SCHEMA_URLCONF = "benchmarks.urls"
