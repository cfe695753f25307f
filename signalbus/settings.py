"""Signalbus's settings. Every one that an installation may set is read here, with its meaning."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import ImproperlyConfigured

from signalbus.console.look import PLATFORM_CONSOLE, TENANT_CONSOLE
from signalbus.core.env import Environment
from signalbus.core.errors import SettingError
from signalbus.core.mail_server import MailServer, as_mail_server
from signalbus.core.process_name import application_name
from tenants import limit_checks

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

env.section("The installation")

SECRET_KEY = env.required("SIGNALBUS_SECRET_KEY", "a random text of at least 50 characters")
ENCRYPTION_KEYS = env.list(
    "SIGNALBUS_ENCRYPTION_KEYS",
    "",
    "key ring for secrets at rest: id:base64 of 32 bytes, the first one encrypts",
)
DEBUG = False
ALLOWED_HOSTS = env.list("SIGNALBUS_ALLOWED_HOSTS", "*", "host names that are answered")
BASE_URL = env.text("SIGNALBUS_BASE_URL", "http://localhost:8000", "address that people see")
SECURE_COOKIES = env.boolean("SIGNALBUS_SECURE_COOKIES", False, "send cookies over HTTPS only")
CSRF_TRUSTED_ORIGINS = env.list("SIGNALBUS_TRUSTED_ORIGINS", "", "origins of forms, with scheme")
SILENCED_SYSTEM_CHECKS = ["4_0.E001"]  # signalbus/checks names the variable
HOOKS_URL = env.text(
    "SIGNALBUS_HOOKS_URL",
    "",
    "address that providers reach /hooks/ at; empty: SIGNALBUS_BASE_URL",
)
DEFAULT_TENANT = env.text(
    "SIGNALBUS_DEFAULT_TENANT", "", "tenant whose console the bare host shows, by its name"
)
INSTALLATION = env.text(
    "SIGNALBUS_STREAM_PREFIX", "signalbus", "first part of every Kafka topic and group"
)

# --- PostgreSQL
env.section("PostgreSQL")

DATABASE_URL = env.database("DATABASE_URL", "postgresql://user:password@host:5432/database")
DB_POOL_SIZE = env.integer(
    "SIGNALBUS_DB_POOL", 0, "connections kept per web process; 0 keeps one per thread"
)
_database_options: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": application_name(sys.argv),
}
if DB_POOL_SIZE:
    _database_options["pool"] = {"min_size": 1, "max_size": DB_POOL_SIZE, "timeout": 5}
DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": unquote(DATABASE_URL.path.lstrip("/")),
        "USER": unquote(DATABASE_URL.username or ""),
        "PASSWORD": unquote(DATABASE_URL.password or ""),
        "HOST": DATABASE_URL.hostname or "",
        "PORT": DATABASE_URL.port or 5432,
        "CONN_MAX_AGE": 0 if DB_POOL_SIZE else 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _database_options,
    }
}
ORIGINAL_BACKEND = "django_prometheus.db.backends.postgresql"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- limits: what differs from the table in tenants/limits.py
env.section("Limits")

_no_limits: dict[str, int | None] = {}
LIMITS = env.converted(
    "SIGNALBUS_LIMITS",
    _no_limits,
    "what differs from the table of limits, such as requests_per_second=200,sms_per_day=off",
    kind="comma-separated list of limit=number",
    convert=limit_checks.parsed,
)
TRUSTED_PROXIES = env.networks(
    "SIGNALBUS_TRUSTED_PROXIES", "networks whose X-Forwarded-For is believed, such as 10.0.0.0/8"
)

# --- tenants: an app stands in the public schema, in each tenant's, or in both
env.section("Tenants")

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = True
PEOPLE_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "auditlog",
    "tenants.audit",
    "tenants.operators",
    "signalbus.console.apps.ConsoleConfig",
]
SHARED_APPS = [
    "tenants",  # before django_tenants, whose commands of the same names it replaces
    "django_tenants",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    *PEOPLE_APPS,
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "anymail",
    "signalbus",
    "signalbus.bus",
    "signalbus.api",
]
TENANT_APPS = [
    *PEOPLE_APPS,
    "signalbus.api",
    "templates_app",
    "notifications",
    "delivery",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
SPARE_SCHEMAS = env.integer(
    "SIGNALBUS_SPARE_SCHEMAS", 3, "migrated schemas kept ready for new tenants"
)
DELETE_AFTER_DAYS = env.integer(
    "SIGNALBUS_DELETE_AFTER_DAYS", 14, "days that a tenant to be deleted can still be kept"
)

# --- web
env.section("Web processes")

ROOT_URLCONF = "signalbus.urls"
PUBLIC_SCHEMA_URLCONF = "signalbus.urls_platform"
WSGI_APPLICATION = "signalbus.wsgi.application"
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "signalbus.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.TenantMiddleware",
    "signalbus.console.middleware.SessionMiddleware",
    "signalbus.middleware.CommonMiddleware",
    "signalbus.console.middleware.CsrfViewMiddleware",
    "signalbus.console.middleware.AuthenticationMiddleware",
    "signalbus.console.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "signalbus" / "templates"],  # before those of django-unfold
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
APPEND_SLASH = False
STATIC_URL = "/static/"
STATIC_ROOT = env.text(
    "SIGNALBUS_STATIC_ROOT", "", "folder of collected static files; empty: taken from the packages"
)
WHITENOISE_USE_FINDERS = not STATIC_ROOT
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
MAX_BODY_BYTES = 1024 * 1024
MAX_BATCH_BODY_BYTES = 8 * 1024 * 1024
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_NAME = "signalbus_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = "signalbus_csrf"
LOGIN_REDIRECT_URL = "/admin/"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
X_FRAME_OPTIONS = "SAMEORIGIN"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
AUTHENTICATION_BACKENDS = ["tenants.operators.backend.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 2 * 3600  # seconds that a link to a new password is good for
PLATFORM_TWO_FACTOR = env.boolean(
    "SIGNALBUS_PLATFORM_TWO_FACTOR", False, "people of the platform need a second factor to log in"
)
# The table of limits slows the guessing of codes; django-otp would let anybody lock others out.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0

# --- Signalbus's own mail, to the people of its consoles: invitations and passwords
env.section("Mail of the consoles")

_mail = env.converted(
    "SIGNALBUS_EMAIL_URL",
    MailServer(),
    "mail server for invitations, such as smtp+tls://user:password@mail.example.org:587 "
    "(smtps:// for TLS from the first byte); empty: their links are only shown",
    kind="address of a mail server",
    convert=as_mail_server,
)
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.starttls, _mail.tls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text(
    "SIGNALBUS_EMAIL_FROM", "Signalbus <signalbus@localhost>", "whom that mail is from"
)

UNFOLD = TENANT_CONSOLE
UNFOLD_PLATFORM = PLATFORM_CONSOLE

# --- Redis: only makes things quick, so it is given little time
env.section("Redis")

REDIS_URL = env.text("REDIS_URL", "", "redis://…; empty works too, slower")
REDIS_TIMEOUT = env.number("SIGNALBUS_REDIS_TIMEOUT", 0.2, "seconds that Redis may take")
CACHES = {
    "default": {
        "BACKEND": "django_prometheus.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        "KEY_PREFIX": INSTALLATION,
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "CONNECTION_POOL_CLASS": "signalbus.core.redis_pool.PatientPool",
            "SOCKET_CONNECT_TIMEOUT": REDIS_TIMEOUT,
            "SOCKET_TIMEOUT": REDIS_TIMEOUT,
        },
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = False  # the pool tells once that Redis went and came back

# --- Kafka and the bus
env.section("Kafka and the line")

KAFKA_BROKERS = env.required("KAFKA_BROKERS", "host:port of Kafka's brokers, comma-separated")
KAFKA_OPTIONS = env.pairs(
    "SIGNALBUS_KAFKA_OPTIONS", "", "further librdkafka options, such as sasl.username=…"
)
STREAM_PARTITIONS = env.integer("SIGNALBUS_STREAM_PARTITIONS", 6, "partitions of each stream")
STREAM_REPLICATION = env.integer("SIGNALBUS_STREAM_REPLICATION", 1, "copies of each partition")
VISIBILITY_HIGH = env.number(
    "SIGNALBUS_VISIBILITY_HIGH", 30.0, "seconds until an unsettled entry of the high lane comes due"
)
VISIBILITY = env.number(
    "SIGNALBUS_VISIBILITY", 120.0, "seconds until an unsettled entry of another lane comes due"
)
RELAY_POLL = env.number(
    "SIGNALBUS_RELAY_POLL", 1.0, "seconds between looks at the outbox without a hint"
)

# --- delivering
env.section("Delivering")

# Where they are not set, each channel and priority has its own: notifications/deciding/patience.
RETRY_FIRST = env.optional_number("SIGNALBUS_RETRY_FIRST", "seconds before the first repeat")
RETRY_FACTOR = env.optional_number("SIGNALBUS_RETRY_FACTOR", "growth of the pause with each repeat")
RETRY_LONGEST = env.optional_number("SIGNALBUS_RETRY_LONGEST", "longest pause in seconds")
RETRY_TRIES = env.optional_integer(
    "SIGNALBUS_RETRY_TRIES", "provider calls before a delivery is dead"
)
DELIVERY_DEADLINE = env.optional_number(
    "SIGNALBUS_DELIVERY_DEADLINE", "seconds after which no new attempt begins"
)
RECONCILE_AFTER = env.list(
    "SIGNALBUS_RECONCILE_AFTER", "60,300,900", "seconds after which an unknown SMS is asked about"
)
FLOOD_PERCENT = env.number(
    "SIGNALBUS_FLOOD_PERCENT",
    20.0,
    "share of a lane's ends within a minute, dead for our own fault, beyond which it is stopped",
)
SIMULATOR_JOURNAL = env.text(
    "SIMULATOR_JOURNAL", "", "file that the simulator appends each send to before it answers"
)
OUTBOUND_NETWORKS = env.list(
    "SIGNALBUS_OUTBOUND_NETWORKS",
    "",
    "networks (CIDR) that servers named by tenants may be in, beside public addresses",
)
SOFT_BOUNCES = env.integer(
    "SIGNALBUS_SOFT_BOUNCES", 5, "soft bounces of an address after which it is suppressed"
)
SOFT_BOUNCE_DAYS = env.integer(
    "SIGNALBUS_SOFT_BOUNCE_DAYS", 30, "days within which they count together"
)
SOFT_SUPPRESSION_DAYS = env.integer(
    "SIGNALBUS_SOFT_SUPPRESSION_DAYS", 30, "days that such an address stays suppressed"
)
SANDBOX_DAYS = env.integer("SIGNALBUS_SANDBOX_DAYS", 7, "days that sandbox messages are kept")
RECEIPT_DAYS = env.integer(
    "SIGNALBUS_RECEIPT_DAYS", 30, "days that a receipt is kept as its provider sent it"
)
REDRIVE_DAYS = env.integer(
    "SIGNALBUS_REDRIVE_DAYS", 90, "days that a redrive of many is kept, from its beginning"
)
STATISTICS_HOURS_DAYS = env.integer(
    "SIGNALBUS_STATISTICS_HOURS_DAYS", 90, "days that statistics are kept by hour, then by day"
)
STATISTICS_DAYS = env.integer("SIGNALBUS_STATISTICS_DAYS", 1100, "days that statistics are kept")
AUDIT_DAYS = env.integer(
    "SIGNALBUS_AUDIT_DAYS", 730, "days that the audit log is kept; nothing else deletes from it"
)
AUDITLOG_STORE_JSON_CHANGES = True

# --- the live stream
env.section("The live stream")

STREAM_URL = env.text(
    "SIGNALBUS_STREAM_URL",
    "",
    "address of run_stream as clients reach it, to which web processes send them on; empty where a "
    "proxy routes /api/v1/stream to it",
)

# --- Celery: slow and periodic jobs only

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"global_keyprefix": f"{INSTALLATION}.", "socket_timeout": 5, "socket_connect_timeout": 5}
    if REDIS_URL
    else {}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Keeps no file: each job may run once too often. Does the jobs itself while Redis is away.
CELERY_BEAT_SCHEDULER = "signalbus.celery_beat:OwnHandsScheduler"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL  # without a broker, beat does the jobs itself
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = f"{INSTALLATION}.celery"
CELERY_WORKER_SEND_TASK_EVENTS = False

# --- API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenants.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tenants.authentication.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["tenants.throttling.RequestThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["signalbus.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["signalbus.api.rendering.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "tenants.api.described.KeyedSchema",
    "EXCEPTION_HANDLER": "signalbus.api.handlers.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Signalbus",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "signalbus.api.openapi.Generator",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # A link to an operation would stand in a button, which keyboards and screen readers miss.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False, "validatorUrl": None},
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [],  # they name enums of serializers, and there are none
}

# --- seen from outside
env.section("Logs, metrics, traces")

LOG_LEVEL = env.text("SIGNALBUS_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")
OTLP_ENDPOINT = env.text(
    "OTEL_EXPORTER_OTLP_ENDPOINT", "", "where traces go; empty: nothing is traced"
)
TRACE_URL = env.text(
    "SIGNALBUS_TRACE_URL",
    "",
    "address of a trace in your own tool, such as https://tempo.example.org/trace/{trace_id}",
)
METRICS_HOST = env.text(
    "SIGNALBUS_METRICS_HOST", "127.0.0.1", "address that background processes' --metrics-port is on"
)
LOGGING_CONFIG = None
PROMETHEUS_EXPORT_MIGRATIONS = False

try:
    env.check()
except SettingError as error:
    raise ImproperlyConfigured(f"Signalbus cannot start.\n{error}") from error
