"""Where a web process answers about itself."""

from django.urls import path

from signalbus.core.health import ROUTES
from signalbus.health.views import view_of

urlpatterns = [
    path(route, view_of(answer), name=route.replace("/", "-")) for route, answer in ROUTES.items()
]
