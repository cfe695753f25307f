"""The console's pages of templates and their versions."""

from templates_app.admin import templates

__all__ = ["templates"]
