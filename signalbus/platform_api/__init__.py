"""The platform's own API: tenants, their domains and their keys, for whoever runs the installation.

It shows nothing of what tenants send, to whom, or by which accounts.
"""
