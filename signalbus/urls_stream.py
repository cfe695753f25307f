"""The only address of the live stream's process, besides what it says about itself."""

from django.urls import path

from delivery.api.stream import Stream

urlpatterns = [path("api/v1/stream", Stream.as_view(), name="stream")]
