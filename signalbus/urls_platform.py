"""Addresses on the bare host: the platform's console, and what stands on every host."""

from django.urls import path
from django.views.generic import RedirectView

from signalbus import urls_shared
from signalbus.api.handlers import handler400, handler403, handler404, handler500
from signalbus.console.sites import platform

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", platform.urls),
    *urls_shared.urlpatterns,
]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
