"""docs/settings.md and .env.example, written from the settings as the code declares them.

`python -m signalbus.settings_reference` writes both; it needs no server and no variable.
"""
