"""What was tried: notifications in test mode, and what the simulator took of them."""

from delivery.models import SandboxMessage
from notifications.models import Delivery
from notifications.states import Status
from signalbus.bus.streams import Channel
from signalbus.core.ids import new_id
from templates_app import catalog, rendering
from tenants.models import Mode

SENDERS = {Channel.EMAIL: "orders@harbour-books.example.org", Channel.SMS: "HarbourBook"}


def store() -> None:
    """What the simulator took in test mode, as it would have gone out."""
    rows = Delivery.objects.filter(mode=Mode.TEST, status=Status.DELIVERED).select_related(
        "notification"
    )
    SandboxMessage.objects.bulk_create(_taken(row) for row in rows.select_related("notification"))


def _taken(row: Delivery) -> SandboxMessage:
    parent = row.notification
    person = {"attributes": {"name": row.address.split(".")[0].title()}}
    version = catalog.version(row.template_version_id)
    said = rendering.render(version, rendering.variables(parent.data, person, parent.topic))
    return SandboxMessage(
        id=new_id(),
        mode=row.mode,
        notification_id=parent.id,
        delivery_id=row.id,
        channel=row.channel,
        address=row.address,
        sender="orders@harbour-books.example.org"
        if row.channel == Channel.EMAIL
        else "HarbourBook",
        subject=said.subject,
        text=said.text,
        html=said.html,
        headers={"Message-ID": f"<{row.id}@signalbus>"} if row.channel == Channel.EMAIL else {},
        created_at=row.created_at,
    )
