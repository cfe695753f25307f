"""What is wrong with the settings, told at every start: which variable, why, and what to write.

A file for each section of the settings reference. Errors keep a process from starting, warnings
go into its log. No check asks a server; that is `manage.py doctor`'s.
"""
