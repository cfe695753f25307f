"""What apps above may wait for, so that tenants need not know them."""

from django.dispatch import Signal

# Sent while the connection is in the schema of a spare that was just migrated; argument `schema`.
# Receivers put there what every tenant begins with. It may come again for the same schema.
schema_prepared = Signal()
