"""Every metric that Signalbus feeds itself, under the names that dashboards rely on.

Labels are bounded words only (channel, lane, provider, error class …): never an address or an id.
Several web processes share their figures through files (PROMETHEUS_MULTIPROC_DIR): counters and
histograms are summed, a gauge says by its mode how the processes' values make one.
"""

from prometheus_client import Counter, Gauge, Histogram

PREFIX = "signalbus"

# Seconds. Requests are answered in some milliseconds; providers take up to half a minute; from
# acceptance to the provider's answer it may be hours, when quiet hours or an outage lie between.
REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
CALL_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# 10 s is what the objective is measured by: docker/observability/rules.
END_TO_END_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30, 120, 600, 3600, 21600, 86400)
RENDER_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1)


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(name, meaning, labels, namespace=PREFIX)


def _histogram(name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(name, meaning, labels, namespace=PREFIX, buckets=buckets)


HTTP_REQUESTS = _counter("http_requests_total", "Requests answered.", "route", "method", "code")
HTTP_ERRORS = _counter(
    "http_errors_total", "Requests answered with 4xx or 5xx.", "route", "method", "code"
)
HTTP_REQUEST_DURATION_SECONDS = _histogram(
    "http_request_duration_seconds",
    "Time from a request's arrival to its answer.",
    REQUEST_SECONDS,
    "route",
    "method",
    "code",
)

HTTP_RATE_LIMIT_REJECTIONS = _counter(
    "http_rate_limit_rejections_total", "Requests answered with 429, by the kind of limit.", "limit"
)
RATELIMIT_DECISIONS = _counter(
    "ratelimit_decisions_total",
    "Looks at a limit of requests, allowed or refused.",
    "limit",
    "outcome",
)

NOTIFICATIONS_ACCEPTED = _counter(
    "notifications_accepted_total", "Notifications accepted and committed.", "lane"
)
NOTIFICATIONS_ENQUEUED = _counter(
    "notifications_enqueued_total", "Deliveries put into the line.", "channel", "lane"
)
NOTIFICATIONS_ATTEMPTED = _counter(
    "notifications_attempted_total", "Provider calls begun.", "channel", "lane", "provider"
)
NOTIFICATIONS_PROCESSED = _counter(
    "notifications_processed_total",
    "Deliveries that came into a settled state, the outcome; a receipt may add a later one.",
    "channel",
    "lane",
    "outcome",
)
NOTIFICATION_SEND_DURATION_SECONDS = _histogram(
    "notification_send_duration_seconds",
    "Time from the claim of a delivery to the record of its outcome.",
    CALL_SECONDS,
    "channel",
    "lane",
)
NOTIFICATION_END_TO_END_SECONDS = _histogram(
    "notification_end_to_end_seconds",
    "Time from acceptance, or from the moment asked for, to the provider's acceptance.",
    END_TO_END_SECONDS,
    "channel",
    "lane",
)
NOTIFICATION_RETRIES = _counter(
    "notification_retries_total",
    "Deliveries given a later time after an error.",
    "channel",
    "error_class",
)
NOTIFICATION_DLQ = _counter(
    "notification_dlq_total", "Deliveries that gave up.", "channel", "error_class"
)
DLQ_REPLAYED = _counter("dlq_replayed_total", "Deliveries redriven.", "channel")

PROVIDER_SEND = _counter(
    "provider_send_total",
    "Answers of providers: accepted, or refused with its class of error.",
    "provider",
    "outcome",
    "error_class",
)
PROVIDER_SEND_DURATION_SECONDS = _histogram(
    "provider_send_duration_seconds", "Time that a provider call took.", CALL_SECONDS, "provider"
)
PROVIDER_BREAKER_STATE = Gauge(
    "provider_breaker_state",
    "The worst breaker among the provider's accounts: 0 closed, 1 half open, 2 open.",
    ("provider", "channel"),
    namespace=PREFIX,
    multiprocess_mode="livemax",
)
RECEIPTS = _counter(
    "receipts_total",
    "What providers told later, by what became of it: applied (a delivery moved), stored, "
    "unmatched, stray, repeated, ignored, refused.",
    "provider",
    "event",
    "outcome",
)
TEMPLATE_RENDER_DURATION_SECONDS = _histogram(
    "template_render_duration_seconds",
    "Time to render one delivery's template.",
    RENDER_SECONDS,
    "channel",
)

KAFKA_PUBLISH_FAILURE = _counter(
    "kafka_publish_failure_total", "Publications that Kafka did not confirm.", "channel", "lane"
)
KAFKA_CONSUMER_LAG = Gauge(
    "kafka_consumer_lag",
    "Messages of the assigned partitions not yet consumed.",
    ("channel", "lane"),
    namespace=PREFIX,
    multiprocess_mode="livesum",
)
KAFKA_ASSIGNED_PARTITIONS = Gauge(
    "kafka_assigned_partitions",
    "Partitions that the process consumes.",
    ("channel", "lane"),
    namespace=PREFIX,
    multiprocess_mode="livesum",
)
KAFKA_COMMIT_LATENCY_SECONDS = _histogram(
    "kafka_commit_latency_seconds", "Time to commit offsets.", CALL_SECONDS
)
KAFKA_REBALANCES = _counter(
    "kafka_rebalances_total", "Times that a consumer's partitions changed.", "channel", "lane"
)
OUTBOX_DUE = Gauge(
    "outbox_due",
    "Entries that are due and not published.",
    ("channel", "lane"),
    namespace=PREFIX,
    multiprocess_mode="livemax",
)
OUTBOX_OLDEST_DUE_SECONDS = Gauge(
    "outbox_oldest_due_seconds",
    "How long the oldest due entry has been due.",
    ("channel", "lane"),
    namespace=PREFIX,
    multiprocess_mode="livemax",
)
WORKER_INFLIGHT = Gauge(
    "worker_inflight",
    "Provider calls under way.",
    ("channel",),
    namespace=PREFIX,
    multiprocess_mode="livesum",
)
STREAM_LISTENERS = Gauge(
    "stream_listeners",
    "Live streams that are open.",
    namespace=PREFIX,
    multiprocess_mode="livesum",
)
STREAM_ENDS = _counter(
    "stream_ends_total",
    "Live streams that ended: gone (the client), slow (it did not read), refused (it may not "
    "listen any more), over (its ticket), failed, stopping (the process).",
    "outcome",
)
STREAM_LAG_SECONDS = _histogram(
    "stream_lag_seconds",
    "Time from a delivery's change to its way to those who listen.",
    CALL_SECONDS,
)
JOBS = _counter(
    "jobs_total", "Periodic jobs that ended: done, or failed with an error.", "task", "outcome"
)
TENANTS = Gauge(
    "tenants",
    "Tenants by their state.",
    ("state",),
    namespace=PREFIX,
    multiprocess_mode="livemax",
)
TENANT_OUTBOX_DUE = Gauge(
    "tenant_outbox_due",
    "Entries that are due, of the twenty tenants with the most of them.",
    ("tenant",),
    namespace=PREFIX,
    multiprocess_mode="livemax",
)
TENANT_OUTBOX_OLDEST_DUE_SECONDS = Gauge(
    "tenant_outbox_oldest_due_seconds",
    "How long the oldest due entry of these tenants has been due.",
    ("tenant",),
    namespace=PREFIX,
    multiprocess_mode="livemax",
)
QUOTA_USED_RATIO = Gauge(
    "quota_used_ratio",
    "The share of its fullest quota of a day or month that a tenant has used in live mode, of the "
    "twenty tenants that are nearest to an end; 1 means that more is refused.",
    ("tenant", "period"),
    namespace=PREFIX,
    multiprocess_mode="livemax",
)
TENANTS_MEASURED_TIMESTAMP_SECONDS = Gauge(
    "tenants_measured_timestamp_seconds",
    "When this process last measured the tenants; older figures are another process's to tell.",
    namespace=PREFIX,
    multiprocess_mode="livemax",
)
CERTIFICATE_EXPIRY_TIMESTAMP_SECONDS = Gauge(
    "certificate_expiry_timestamp_seconds",
    "When a certificate ends: of the console's and the hooks' address, and Kafka's in files.",
    ("certificate",),
    namespace=PREFIX,
    multiprocess_mode="livemax",
)
SECRETS_UNREADABLE = _counter(
    "secrets_unreadable_total", "Secrets at rest that no key of the ring opened."
)
BUILD_INFO = Gauge(
    "build_info",
    "Always 1; the labels say what runs.",
    ("version", "python"),
    namespace=PREFIX,
    multiprocess_mode="livemax",
)


def stream_labels(stream: str) -> tuple[str, str]:
    """The labels `channel` and `lane` of a stream: `email.high` → `("email", "high")`."""
    channel, _, lane = stream.partition(".")
    return channel, lane
