"""What became of notifications: search (filters), found (a page), timeline, content. Reads only."""

from delivery.history.content import Content, content
from delivery.history.filters import Filters
from delivery.history.found import Found, found
from delivery.history.search import search
from delivery.history.timeline import Event, timeline
from delivery.history.trail import Trail, trail

__all__ = [
    "Content",
    "Event",
    "Filters",
    "Found",
    "Trail",
    "content",
    "found",
    "search",
    "timeline",
    "trail",
]
