"""A tenant's start page: what needs somebody, what happened last, and what to do first."""

from signalbus.console.home.page import of_tenant

__all__ = ["of_tenant"]
