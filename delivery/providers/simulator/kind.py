"""The simulator as a kind of account."""

from delivery.providers.kinds import Field, Kind, Type

KIND = Kind(
    name="simulator",
    label="Simulator",
    channels=("email", "sms"),
    driver="delivery.providers.simulator.driver.Simulator",
    options=(
        Field(name="from", label="Sender", help="Shown in the sandbox."),
        Field(
            name="latency_ms",
            label="Latency",
            type=Type.NUMBER,
            most=60_000,
            help="Milliseconds that each message takes; messages do not wait for each other.",
        ),
        Field(
            name="fail_ratio",
            label="Share that fails",
            type=Type.NUMBER,
            most=1,
            help="From 0 to 1: so many of the calls are answered with a temporary error.",
        ),
    ),
)
