"""Where this part's endpoints stand below /api/v1/."""

from django.urls import URLPattern, path

from notifications.api.batches import BatchProgressView, BatchView, PublishView
from notifications.api.notify import NotifyView

urlpatterns: list[URLPattern] = [
    path("notify", NotifyView.as_view(), name="notify"),
    path("notify/<str:topic>", PublishView.as_view(), name="publish"),
    path("publish/<str:topic>", PublishView.as_view(), name="publish"),
    path("notifications/batch", BatchView.as_view(), name="notifications-batch"),
    path("batches/<uuid:id>", BatchProgressView.as_view(), name="batch"),
]
