"""The tables of each tenant that say what was asked, of whom, and what was decided."""

from notifications.models.notices import Notice
from notifications.models.notifications import Action, Batch, Delivery, Notification
from notifications.models.people import Contact, Recipient
from notifications.models.policies import Policy, PolicyChannel
from notifications.models.suppression import SoftBounces, Suppression
from notifications.models.usage import Usage

__all__ = [
    "Action",
    "Batch",
    "Contact",
    "Delivery",
    "Notice",
    "Notification",
    "Policy",
    "PolicyChannel",
    "Recipient",
    "SoftBounces",
    "Suppression",
    "Usage",
]
