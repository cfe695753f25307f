"""The web processes' entry: Granian serves `signalbus.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from signalbus.checks import registry
from signalbus.core import memory, tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "signalbus.settings")
os.environ.setdefault("SIGNALBUS_DB_POOL", "8")

tracing.configure("signalbus-web")  # before the middleware is loaded, which it extends
application = get_wsgi_application()
registry.demand()
_ = get_resolver().url_patterns  # loads all views now, and not with the first request
memory.settle()
