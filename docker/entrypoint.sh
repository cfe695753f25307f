#!/bin/sh
# `web` serves HTTP, `celery` is Celery's own; anything else is a command of manage.py.
set -eu
if [ "${1:-web}" = web ]; then
  # Its processes share their metrics over a folder, which must not hold those of former ones.
  export PROMETHEUS_MULTIPROC_DIR="${PROMETHEUS_MULTIPROC_DIR:-/tmp/metrics}"
  mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
  exec granian --interface wsgi --host 0.0.0.0 --port "${PORT:-8000}" \
    --workers "${SIGNALBUS_WEB_WORKERS:-2}" --blocking-threads "${SIGNALBUS_WEB_THREADS:-16}" \
    --respawn-failed-workers --workers-kill-timeout 10 --no-ws signalbus.wsgi:application
fi
unset PROMETHEUS_MULTIPROC_DIR
if [ "$1" = celery ]; then
  exec "$@"
fi
exec python manage.py "$@"
