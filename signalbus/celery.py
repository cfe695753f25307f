"""Celery, for slow and periodic jobs only: no notification waits for it.

`celery -A signalbus worker -B -P solo` does everything in one process. While Redis, the broker, is
away its beat does the jobs itself (celery_beat.py), as `celery -A signalbus beat` does without
REDIS_URL.
"""

import os
from functools import cached_property
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from click import Option

from signalbus.core import logs, tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "signalbus.settings")
# The checks load every page of the web server; its processes and the commands run them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

MINUTE = 60.0
HOUR = 60 * MINUTE


class SignalbusCelery(Celery):
    """Celery with a worker and a beat of Signalbus's own."""

    @cached_property
    def Worker(self) -> Any:  # noqa: N802  (Celery's name)
        return self.subclass_with_self("signalbus.celery_worker:Worker")

    @cached_property
    def Beat(self) -> Any:  # noqa: N802
        return self.subclass_with_self("signalbus.celery_clock:Beat")


app = SignalbusCelery(
    "signalbus", include=["signalbus.tasks"], task_cls="signalbus.celery_jobs:Job"
)
for _command in ("worker", "beat"):
    app.user_options[_command].add(
        Option(
            ["--metrics-port"],
            type=int,
            metavar="N",
            help="serve /metrics, /livez and /readyz on this port of SIGNALBUS_METRICS_HOST",
        )
    )
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "delete-tenants": {"task": "signalbus.delete_tenants", "schedule": MINUTE},
    "fold-statistics": {"task": "signalbus.fold_statistics", "schedule": MINUTE},
    "guard-deliverability": {"task": "signalbus.guard_deliverability", "schedule": MINUTE},
    "keep-spare-schemas": {"task": "signalbus.keep_spare_schemas", "schedule": MINUTE},
    "measure-certificates": {"task": "signalbus.measure_certificates", "schedule": 10 * MINUTE},
    "measure-tenants": {"task": "signalbus.measure_tenants", "schedule": MINUTE},
    "purge-audit-logs": {"task": "signalbus.purge_audit_logs", "schedule": HOUR},
    "purge-idempotency-records": {
        "task": "signalbus.purge_idempotency_records",
        "schedule": HOUR,
    },
    "match-receipts": {"task": "signalbus.match_receipts", "schedule": MINUTE},
    "purge-lapsed-pauses": {"task": "signalbus.purge_lapsed_pauses", "schedule": HOUR},
    "purge-receipts": {"task": "signalbus.purge_receipts", "schedule": HOUR},
    "purge-redrives": {"task": "signalbus.purge_redrives", "schedule": HOUR},
    "purge-sign-ins": {"task": "signalbus.purge_sign_ins", "schedule": HOUR},
    "purge-sandbox-messages": {"task": "signalbus.purge_sandbox_messages", "schedule": HOUR},
    "read-mailboxes": {"task": "signalbus.read_mailboxes", "schedule": MINUTE},
    "review-quota-notices": {"task": "signalbus.review_quota_notices", "schedule": MINUTE},
    "trim-stream": {"task": "signalbus.trim_stream", "schedule": HOUR},
    "trim-statistics": {"task": "signalbus.trim_statistics", "schedule": HOUR},
}


@setup_logging.connect
def _write_json(**_: Any) -> None:
    """Celery leaves logging alone where this signal has a receiver."""
    logs.configure()
    tracing.configure("signalbus-celery")
