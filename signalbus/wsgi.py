"""The web processes' entry: Granian serves `signalbus.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from signalbus.core import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "signalbus.settings")
os.environ.setdefault("SIGNALBUS_DB_POOL", "8")

tracing.configure("signalbus-web")  # before the middleware is loaded, which it extends
application = get_wsgi_application()
