"""What the floors above templates are asked: they know what refers to a template."""

from django.dispatch import Signal

# Sent with `template`, in its tenant's schema, before it is deleted. A receiver answers with what
# still needs it, in words that follow "It is in use by"; an empty list where nothing does.
template_users_asked = Signal()
