"""The consoles: one for each tenant, on its host, and the platform's on the bare host.

The pages of an app stand in its `admin`; here they are put together: sites, navigation, start
page, users, and what only the platform's operators see.
"""
