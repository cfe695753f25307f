"""The version of this installation, as metrics, traces and `make status` show it."""

VERSION = "0.1.0"
