"""The HTTP endpoints of templates."""
