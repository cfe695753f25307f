"""The periodic jobs. Each may run twice, and makes up for what an earlier one missed."""

from django.conf import settings
from django.utils import timezone

from delivery.guard import watching
from delivery.live import trimming
from delivery.receipts import matching
from delivery.receipts.mail import mailboxes
from delivery.statistics import folding, reading
from notifications import quota_notices
from signalbus import retention
from signalbus.bus import lines
from signalbus.celery import app
from signalbus.core.logs import get_logger
from signalbus.measuring import certificates, quotas, tenants
from tenants import removal
from tenants.provisioning import ensure_spares

log = get_logger(__name__)


@app.task(name="signalbus.keep_spare_schemas", expires=60)
def keep_spare_schemas() -> None:
    """Make what is missing of the migrated schemas that wait for new tenants."""
    if worked := ensure_spares(settings.SPARE_SCHEMAS):
        log.info("spares.made", schemas=worked)


@app.task(name="signalbus.delete_tenants", expires=60)
def delete_tenants() -> None:
    """Delete the tenants whose grace time is over, and what is left of those that are no more."""
    if deleted := removal.delete_due(timezone.now()):
        log.info("tenants.deleted", tenants=deleted)


@app.task(name="signalbus.purge_idempotency_records", expires=3600)
def purge_idempotency_records() -> None:
    """Delete stored answers that no repeated request gets any more."""
    if purged := retention.purge_idempotency_records(timezone.now()):
        log.info("idempotency.purged", records=purged)


@app.task(name="signalbus.guard_deliverability", expires=60)
def guard_deliverability() -> None:
    """Warn tenants of whose e-mail too much bounces or is complained about, or stop their bulk."""
    if watched := watching.watch_all(timezone.now()):
        log.info("guard.watched", tenants=watched)


@app.task(name="signalbus.review_quota_notices", expires=60)
def review_quota_notices() -> None:
    """Lift notices of quotas whose day or month is over."""
    if reviewed := quota_notices.review_all():
        log.info("quotas.reviewed", tenants=reviewed)


@app.task(name="signalbus.match_receipts", expires=60)
def match_receipts() -> None:
    """Find the deliveries of receipts that came before their attempt was recorded."""
    if matched := matching.match_all(timezone.now()):
        log.info("receipts.matched", receipts=matched)


@app.task(name="signalbus.read_mailboxes", expires=60)
def read_mailboxes() -> None:
    """Take the bounces of SMTP accounts from the mailboxes that they come to."""
    if reports := mailboxes.read_all():
        log.info("mailboxes.read", reports=reports)


@app.task(name="signalbus.fold_statistics", expires=60)
def fold_statistics() -> None:
    """Add up what has changed of the deliveries' statistics."""
    if folded := folding.fold(timezone.now(), reading.kept()):
        log.info("statistics.folded", changes=folded)


@app.task(name="signalbus.trim_statistics", expires=3600)
def trim_statistics() -> None:
    """Keep old statistics by day, and forget what is older than SIGNALBUS_STATISTICS_DAYS."""
    if trimmed := folding.trim(timezone.now(), reading.kept()):
        log.info("statistics.trimmed", rows=trimmed)


@app.task(name="signalbus.measure_tenants", expires=60)
def measure_tenants() -> None:
    """Set the metrics of the tenants, of the fullest quotas and of the largest backlogs."""
    quotas.measure()
    tenants.measure(timezone.now())


@app.task(name="signalbus.measure_certificates", expires=600)
def measure_certificates() -> None:
    """Set the metric of when certificates end."""
    certificates.measure()


@app.task(name="signalbus.trim_stream", expires=3600)
def trim_stream() -> None:
    """Forget what the live stream told more than an hour ago."""
    if trimmed := trimming.trim(timezone.now()):
        log.info("live.trimmed", moves=trimmed)


@app.task(name="signalbus.purge_receipts", expires=3600)
def purge_receipts() -> None:
    """Empty what is kept of receipts as they came longer ago than SIGNALBUS_RECEIPT_DAYS."""
    if purged := retention.purge_receipts(timezone.now()):
        log.info("receipts.purged", receipts=purged)


@app.task(name="signalbus.purge_redrives", expires=3600)
def purge_redrives() -> None:
    """Delete redrives that are over and began longer ago than SIGNALBUS_REDRIVE_DAYS."""
    if purged := retention.purge_redrives(timezone.now()):
        log.info("redrives.purged", redrives=purged)


@app.task(name="signalbus.purge_audit_logs", expires=3600)
def purge_audit_logs() -> None:
    """Delete what was done longer ago than SIGNALBUS_AUDIT_DAYS."""
    if purged := retention.purge_audit_logs(timezone.now()):
        log.info("audit.purged", entries=purged)


@app.task(name="signalbus.purge_sign_ins", expires=3600)
def purge_sign_ins() -> None:
    """Delete sessions that lapsed, and what is kept of log-ins for longer than ninety days."""
    if purged := retention.purge_sign_ins(timezone.now()):
        log.info("sign_ins.purged", rows=purged)


@app.task(name="signalbus.purge_sandbox_messages", expires=3600)
def purge_sandbox_messages() -> None:
    """Delete what the simulator took longer ago than SIGNALBUS_SANDBOX_DAYS."""
    if purged := retention.purge_sandbox_messages(timezone.now()):
        log.info("sandbox.purged", messages=purged)


@app.task(name="signalbus.purge_lapsed_pauses", expires=3600)
def purge_lapsed_pauses() -> None:
    """Delete pauses of lines that ended by themselves."""
    if purged := lines.purge_lapsed():
        log.info("pauses.purged", pauses=purged)
