"""The table of checks, and how a process that is no command of manage.py runs them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.checks import ERROR, CheckMessage, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from signalbus.checks import figures, limits, mail, outside, secrets, servers, web
from signalbus.checks.words import TAG
from signalbus.core.logs import get_logger

CHECKS: tuple[Callable[[], Iterator[CheckMessage]], ...] = (
    secrets.check_secret_key,
    secrets.check_key_ring,
    web.check_base_url,
    web.check_cookies,
    web.check_hosts,
    web.check_origins,
    web.check_hooks,
    web.check_stream,
    web.check_proxies,
    mail.check_sender,
    servers.check_database,
    servers.check_redis,
    servers.check_kafka,
    servers.check_kafka_options,
    limits.check_rates,
    limits.check_quotas,
    limits.check_networks,
    figures.check_bounds,
    figures.check_retries,
    figures.check_visibility,
    figures.check_questions,
    outside.check_log_level,
    outside.check_traces,
    outside.check_trace_url,
    outside.check_static_files,
)
log = get_logger(__name__)


def install() -> None:
    """Let every command of manage.py run them before it begins."""
    register(check_settings, TAG)


def check_settings(**_: Any) -> list[CheckMessage]:
    """Everything that is wrong or doubtful, in the order of the table."""
    return [message for check in CHECKS for message in check()]


def demand() -> None:
    """Run them in a process that is no command: web and Celery.

    Warnings go into the log. Raises ImproperlyConfigured with all that is wrong.
    """
    found = run_checks(tags=[TAG])
    errors = [message for message in found if message.level >= ERROR]
    for message in found:
        if message not in errors:
            log.warning("settings.doubtful", what=message.msg, remedy=message.hint)
    if errors:
        raise ImproperlyConfigured(f"Signalbus cannot start.\n{told(errors)}")


def told(messages: Iterable[CheckMessage]) -> str:
    """One line each: what is wrong, then the remedy."""
    return "\n".join(f"{message.msg} {message.hint}" for message in messages)
