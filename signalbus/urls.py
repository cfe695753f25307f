"""Addresses on a tenant's host: its console, and what stands on every host."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from signalbus import urls_shared
from signalbus.api.handlers import handler400, handler403, handler404, handler500

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    *urls_shared.urlpatterns,
]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
