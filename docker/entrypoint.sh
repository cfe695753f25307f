#!/bin/sh
# `web` serves HTTP, `celery` is Celery's own; anything else is a command of manage.py.
set -eu
mkdir -p "${PROMETHEUS_MULTIPROC_DIR}"
if [ "${1:-web}" = web ]; then
  exec granian --interface wsgi --host 0.0.0.0 --port 8000 \
    --workers "${SIGNALBUS_WEB_WORKERS:-2}" --blocking-threads "${SIGNALBUS_WEB_THREADS:-16}" \
    --respawn-failed-workers --workers-kill-timeout 10 --no-ws signalbus.wsgi:application
fi
# One process, so its metrics need no folder.
unset PROMETHEUS_MULTIPROC_DIR
if [ "$1" = celery ]; then
  exec "$@"
fi
exec python manage.py "$@"
