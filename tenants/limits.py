"""How much may be asked for, and how quickly: the one table of limits. Pure.

The installation's settings say what differs from the table for everybody, a tenant's row what
differs for that tenant. A key has only what its own row says, besides its tenant's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from signalbus.bus.streams import Channel

WRITTEN = {Channel.EMAIL: "e-mail", Channel.SMS: "SMS"}  # channels that people write otherwise
ALL_CHANNELS = ""  # what counts notifications themselves, whatever their channels
SECOND = 1
MINUTE = 60
HOUR = 3600
BURST_FACTOR = 2  # how many seconds' worth of requests may come at once unless told

Numbers = Mapping[str, int | None]


class Subject(StrEnum):
    """Whom a limit is for."""

    TENANT = "tenant"
    KEY = "key"
    ADDRESS = "address"
    USER = "user"


class Period(StrEnum):
    """What a quota is for, in UTC."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A line of the table. `default` None means no limit, `least` the smallest sensible number."""

    meaning: str
    default: int | None = None
    of: tuple[Subject, ...] = (Subject.TENANT,)
    least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """So many in so many seconds, and `burst` of them at once after a pause.

    Of a minute's limit all may come at once, but no minute ever sees more.
    """

    name: str
    number: int
    seconds: int
    burst: int
    channel: str = ALL_CHANNELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """So many of a channel in a day or month of UTC; nothing as channel: notifications in all."""

    name: str
    channel: str
    period: Period
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What somebody may ask for; None and nothing where there is no limit."""

    requests: RateLimit | None = None
    notifications: RateLimit | None = None
    channels: tuple[RateLimit, ...] = ()
    quotas: tuple[Quota, ...] = ()
    streams: int | None = None

    @property
    def count_deliveries(self) -> bool:
        """Whether what is asked for has to be known by channel before it is accepted."""
        return bool(self.quotas or self.channels)


NONE = Limits()


def quota_name(channel: str, period: Period) -> str:
    """What the table calls a quota, such as `sms_per_day`."""
    return f"{channel or 'notifications'}_per_{period}"


# What each quota counts, by the channel.
COUNTED: Mapping[str, str] = {
    ALL_CHANNELS: "Notifications accepted",
    **{c.value: f"Deliveries by {WRITTEN.get(c, c)}" for c in Channel},
}
QUOTAS = {
    quota_name(channel, period): (channel, period) for channel in COUNTED for period in Period
}
RATES = {f"{channel}_per_minute": channel.value for channel in Channel}
_TENANT_AND_KEY = (Subject.TENANT, Subject.KEY)
LIMITS: Mapping[str, Limit] = {
    "requests_per_second": Limit(
        meaning="Requests of the API in a second", default=1000, of=_TENANT_AND_KEY
    ),
    "requests_burst": Limit(
        meaning="Requests that may come at once after a pause; twice requests_per_second if unset",
        of=_TENANT_AND_KEY,
    ),
    "notifications_per_minute": Limit(
        meaning="Notifications asked for in any minute, each item of a batch counted",
        of=_TENANT_AND_KEY,
    ),
    **{
        name: Limit(meaning=f"{COUNTED[channel]} in any minute", of=_TENANT_AND_KEY)
        for name, channel in RATES.items()
    },
    **{
        name: Limit(meaning=f"{COUNTED[channel]} in a {period} of UTC", of=_TENANT_AND_KEY, least=0)
        for name, (channel, period) in QUOTAS.items()
    },
    "live_streams": Limit(
        meaning="Live streams open at once, at each process of the live stream", default=500
    ),
    "wrong_keys_per_minute": Limit(
        meaning="Requests with a wrong key from one address in any minute",
        default=20,
        of=(Subject.ADDRESS,),
    ),
    "keyless_requests_per_minute": Limit(
        meaning="Requests without any key from one address in any minute",
        default=600,
        of=(Subject.ADDRESS,),
    ),
    "log_ins_per_minute": Limit(
        meaning="Log-ins to consoles tried from one address in a minute",
        default=20,
        of=(Subject.ADDRESS,),
    ),
    "log_ins_per_hour": Limit(
        meaning="Log-ins tried for one user from one address in an hour",
        default=20,
        of=(Subject.USER,),
    ),
    "strange_log_ins_per_hour": Limit(
        meaning="Log-ins tried for one user in an hour from addresses new for that user",
        default=60,
        of=(Subject.USER,),
    ),
    "codes_per_hour": Limit(
        meaning="Codes of a second factor, and passwords asked for again, tried for one user"
        " in an hour",
        default=20,
        of=(Subject.USER,),
    ),
    "password_links_per_hour": Limit(
        meaning="Links to a new password asked for from one address, or for one, in an hour",
        default=10,
        of=(Subject.ADDRESS,),
    ),
}


def names_of(subject: Subject) -> list[str]:
    """The limits that there are for such a one."""
    return [name for name, limit in LIMITS.items() if subject in limit.of]


def of_tenant(installation: Numbers, own: Numbers) -> Limits:
    """What holds for a tenant."""
    return _limits(numbers_of(Subject.TENANT, installation, own))


def of_key(own: Numbers) -> Limits:
    """What holds for a key besides what holds for its tenant."""
    return _limits({name: own.get(name) for name in names_of(Subject.KEY)})


def figures(limits: Limits) -> dict[str, int | None]:
    """The numbers of the rates and quotas, by the names of the table."""
    own = {quota.name: quota.limit for quota in limits.quotas}
    return {**rates(limits), **dict.fromkeys(QUOTAS), **own}


def rates(limits: Limits) -> dict[str, int | None]:
    """The numbers of the rates alone."""
    requests, notifications = limits.requests, limits.notifications
    return {
        "requests_per_second": requests.number if requests else None,
        "requests_burst": requests.burst if requests else None,
        "notifications_per_minute": notifications.number if notifications else None,
        **dict.fromkeys(RATES),
        **{rate.name: rate.number for rate in limits.channels},
    }


def of_address(installation: Numbers, name: str) -> RateLimit | None:
    """A limit for each client address, or each user of a console."""
    seconds = HOUR if name.endswith("_per_hour") else MINUTE
    return _rate(name, installation.get(name, LIMITS[name].default), seconds)


def numbers_of(subject: Subject, installation: Numbers, own: Numbers) -> dict[str, int | None]:
    """Every limit with the number that holds: one's own, the installation's, or the table's."""
    return {
        name: own.get(name, installation.get(name, LIMITS[name].default))
        for name in names_of(subject)
    }


def _limits(numbers: Numbers) -> Limits:
    quotas = [
        Quota(name=name, channel=channel, period=period, limit=limit)
        for name, (channel, period) in QUOTAS.items()
        if (limit := numbers.get(name)) is not None
    ]
    rates = [_rate(name, numbers.get(name), MINUTE, channel) for name, channel in RATES.items()]
    return Limits(
        requests=_requests(numbers),
        notifications=_rate(
            "notifications_per_minute", numbers.get("notifications_per_minute"), MINUTE
        ),
        channels=tuple(rate for rate in rates if rate),
        quotas=tuple(quotas),
        streams=numbers.get("live_streams"),
    )


def _requests(numbers: Numbers) -> RateLimit | None:
    number = numbers.get("requests_per_second")
    if number is None:
        return None
    burst = numbers.get("requests_burst") or number * BURST_FACTOR
    return RateLimit(name="requests_per_second", number=number, seconds=SECOND, burst=burst)


def _rate(
    name: str, number: int | None, seconds: int, channel: str = ALL_CHANNELS
) -> RateLimit | None:
    if number is None:
        return None
    return RateLimit(name=name, number=number, seconds=seconds, burst=number, channel=channel)
