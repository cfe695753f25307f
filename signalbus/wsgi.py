"""The web processes' entry: Granian serves `signalbus.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "signalbus.settings")
os.environ.setdefault("SIGNALBUS_DB_POOL", "8")

application = get_wsgi_application()
