"""Where this part's endpoints stand below /api/v1/."""

from django.urls import URLPattern, path

from notifications.api.batches import (
    BatchProgressView,
    BatchView,
    NotifyTopicView,
    PublishView,
)
from notifications.api.notices import NoticeItem, NoticeLift, NoticeList
from notifications.api.notify import NotifyView
from notifications.api.policies import PolicyItem, PolicyList
from notifications.api.recipients import RecipientItem, RecipientList
from notifications.api.suppression_files import SuppressionExport, SuppressionImport
from notifications.api.suppressions import SuppressionItem, SuppressionList
from notifications.api.usage import UsageView

urlpatterns: list[URLPattern] = [
    path("notify", NotifyView.as_view(), name="notify"),
    path("notify/<str:topic>", NotifyTopicView.as_view(), name="publish"),
    path("publish/<str:topic>", PublishView.as_view(), name="publish"),
    path("notifications/batch", BatchView.as_view(), name="notifications-batch"),
    path("batches/<uuid:id>", BatchProgressView.as_view(), name="batch"),
    path("policies", PolicyList.as_view(), name="policies"),
    path("policies/<str:topic>", PolicyItem.as_view(), name="policy"),
    path("recipients", RecipientList.as_view(), name="recipients"),
    path("recipients/<path:id>", RecipientItem.as_view(), name="recipient"),
    path("suppressions", SuppressionList.as_view(), name="suppressions"),
    path("suppressions/export", SuppressionExport.as_view(), name="suppressions-export"),
    path("suppressions/import", SuppressionImport.as_view(), name="suppressions-import"),
    path("suppressions/<int:id>", SuppressionItem.as_view(), name="suppression"),
    path("notices", NoticeList.as_view(), name="notices"),
    path("notices/<uuid:id>", NoticeItem.as_view(), name="notice"),
    path("notices/<uuid:id>/lift", NoticeLift.as_view(), name="notice-lift"),
    path("usage", UsageView.as_view(), name="usage"),
]
