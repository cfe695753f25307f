"""Checks of the installation's limits against each other, and of networks."""

from collections.abc import Iterator
from ipaddress import ip_network

from django.conf import settings
from django.core.checks import CheckMessage

from signalbus.checks.words import doubtful, wrong
from tenants.limits import COUNTED, Period, Subject, numbers_of, quota_name

LIMITS = "SIGNALBUS_LIMITS"
NETWORKS = "SIGNALBUS_OUTBOUND_NETWORKS"


def check_rates() -> Iterator[CheckMessage]:
    """A burst below the rate would make the rate unreachable."""
    numbers = numbers_of(Subject.TENANT, settings.LIMITS, {})
    rate, burst = numbers["requests_per_second"], numbers["requests_burst"]
    if rate is not None and burst is not None and burst < rate:
        what = f"has requests_burst={burst}, less than requests_per_second={rate}."
        yield doubtful(LIMITS, what, "Make the burst at least the rate, or leave it out.")


def check_quotas() -> Iterator[CheckMessage]:
    """A day's quota above the month's says nothing, so one of the two is a slip."""
    numbers = numbers_of(Subject.TENANT, settings.LIMITS, {})
    for channel in COUNTED:
        day_name, month_name = quota_name(channel, Period.DAY), quota_name(channel, Period.MONTH)
        day, month = numbers[day_name], numbers[month_name]
        if day is not None and month is not None and day > month:
            what = f"has {day_name}={day}, more than {month_name}={month}."
            yield wrong(LIMITS, what, "Make the month's quota the larger one.")


def check_networks() -> Iterator[CheckMessage]:
    """Tenants may name servers in there."""
    for text in settings.OUTBOUND_NETWORKS:
        try:
            network = ip_network(text)
        except ValueError as error:
            yield wrong(NETWORKS, f"has {text!r}: {error}.", "Write networks such as 10.20.0.0/16.")
            continue
        if network.prefixlen == 0:
            what = "allows every address: a tenant could reach the servers of Signalbus itself."
            yield doubtful(NETWORKS, what, "Name the networks of your relays alone.")
