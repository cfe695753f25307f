"""People who log in to a console: a tenant's stand in its schema, the platform's in public."""
