"""Where the endpoints of delivering stand below /api/v1/."""

from django.urls import path

from delivery.api.account_breaker import AccountCloseBreaker
from delivery.api.account_domain import AccountDomain
from delivery.api.accounts import AccountItem, AccountList
from delivery.api.actions import NotificationCancel, NotificationRedrive, NotificationSettle
from delivery.api.dead_letters import DeadLetterAcknowledge, DeadLetterList, DeadLettersAcknowledge
from delivery.api.notification import NotificationItem
from delivery.api.notifications import NotificationList
from delivery.api.redrives import RedriveItem, RedriveList, RedriveStop
from delivery.api.sandbox import SandboxMessages
from delivery.api.statistics import Statistics
from delivery.api.stream import Stream

urlpatterns = [
    path("notifications", NotificationList.as_view(), name="notifications"),
    path("notifications/<uuid:id>", NotificationItem.as_view(), name="notification"),
    path(
        "notifications/<uuid:id>/cancel", NotificationCancel.as_view(), name="notification-cancel"
    ),
    path(
        "notifications/<uuid:id>/redrive",
        NotificationRedrive.as_view(),
        name="notification-redrive",
    ),
    path(
        "notifications/<uuid:id>/settle", NotificationSettle.as_view(), name="notification-settle"
    ),
    path("redrives", RedriveList.as_view(), name="redrives"),
    path("redrives/<uuid:id>", RedriveItem.as_view(), name="redrive"),
    path("redrives/<uuid:id>/stop", RedriveStop.as_view(), name="redrive-stop"),
    path("dead-letters", DeadLetterList.as_view(), name="dead-letters"),
    path(
        "dead-letters/acknowledge",
        DeadLettersAcknowledge.as_view(),
        name="dead-letters-acknowledge",
    ),
    path(
        "dead-letters/<uuid:id>/acknowledge",
        DeadLetterAcknowledge.as_view(),
        name="dead-letter-acknowledge",
    ),
    path("provider-accounts", AccountList.as_view(), name="provider-accounts"),
    path("provider-accounts/<uuid:id>", AccountItem.as_view(), name="provider-account"),
    path(
        "provider-accounts/<uuid:id>/close-breaker",
        AccountCloseBreaker.as_view(),
        name="provider-account-close-breaker",
    ),
    path(
        "provider-accounts/<uuid:id>/domain",
        AccountDomain.as_view(),
        name="provider-account-domain",
    ),
    path("statistics", Statistics.as_view(), name="statistics"),
    path("stream", Stream.as_view(), name="stream"),
    path("sandbox/messages", SandboxMessages.as_view(), name="sandbox-messages"),
]
