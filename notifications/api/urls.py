"""Where this part's endpoints stand below /api/v1/."""

from django.urls import URLPattern, path

from notifications.api.notify import NotifyView

urlpatterns: list[URLPattern] = [
    path("notify", NotifyView.as_view(), name="notify"),
]
