"""Addresses on the bare host: the platform's console, and what stands on every host."""

from django.contrib import admin
from django.urls import path

from signalbus import urls_shared

urlpatterns = [path("admin/", admin.site.urls), *urls_shared.urlpatterns]
