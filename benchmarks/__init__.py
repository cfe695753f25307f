"""Measures Signalbus against real servers on this machine: `make bench`."""
