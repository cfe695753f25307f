"""Where this part's endpoints stand below /api/v1/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
