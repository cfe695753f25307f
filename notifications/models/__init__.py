"""The tables of each tenant that say what was asked, of whom, and what was decided."""

from notifications.models.notifications import Action, Batch, Delivery, Notification
from notifications.models.people import Contact, Recipient
from notifications.models.policies import Policy, PolicyChannel
from notifications.models.suppression import Suppression

__all__ = [
    "Action",
    "Batch",
    "Contact",
    "Delivery",
    "Notification",
    "Policy",
    "PolicyChannel",
    "Recipient",
    "Suppression",
]
