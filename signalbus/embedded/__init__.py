"""The embedded stack: everything behind `make up`, with nothing but Python installed beforehand.

Map: `bootstrap` makes the virtual environment; `postgres`, `valkey` and `kafka` (or else
`trial_broker`) prepare the servers and say how each is started, as a `Unit`; `processes` is the
table of Signalbus's own processes; `supervisor` keeps the wanted units running; `up`, `down`,
`status`, `follow` and `checks` hold the commands. Nothing here imports an app or the settings: the
stack starts Signalbus as others would.
"""
