"""The console's pages of policies, people, suppressions, and of sending a test."""

from notifications.admin import people, policies, suppressions

__all__ = ["people", "policies", "suppressions"]
