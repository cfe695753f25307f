"""What stands on every host: the two APIs, their documents and the health endpoints."""

from django.urls import include, path

urlpatterns = [
    path(
        "api/v1/",
        include(
            [
                path("", include("signalbus.api.urls")),
                path("", include("tenants.api.urls")),
                path("", include("templates_app.api.urls")),
                path("", include("notifications.api.urls")),
                path("", include("delivery.api.urls")),
            ]
        ),
    ),
    path("api/platform/v1/", include("signalbus.platform_api.urls")),
    path("hooks/", include("delivery.receipts.urls")),
    path("", include("signalbus.health.urls")),
]
