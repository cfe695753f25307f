"""The policies that every new tenant begins with, for the starter templates."""

from notifications.models import Policy
from notifications.policy_changes import create_policy
from notifications.values import Rule
from signalbus.bus.streams import Channel, Lane

# topic → priority, description, template, channels, and what differs in trying
STARTERS: dict[str, tuple[Lane, str, str, tuple[Channel, ...], dict[str, float]]] = {
    "welcome": (Lane.NORMAL, "Somebody has signed up.", "welcome", (Channel.EMAIL,), {}),
    "order.shipped": (
        Lane.NORMAL,
        "An order is on its way. Needs order.",
        "order-shipped",
        (Channel.EMAIL, Channel.SMS),
        {},
    ),
    "login.code": (
        Lane.HIGH,
        "Somebody logs in with a one-time code. Needs code.",
        "one-time-code",
        (Channel.SMS, Channel.EMAIL),
        {"deadline": 120},  # the code is of no use any more by then
    ),
}


def install() -> None:
    """Make the starter policies that the current tenant does not have."""
    present = set(Policy.objects.values_list("topic", flat=True))
    for topic, (priority, description, template, channels, retry) in STARTERS.items():
        if topic not in present:
            rules = [Rule(channel=channel, template=template) for channel in channels]
            create_policy(
                rules, topic=topic, priority=priority, description=description, retry=retry
            )
