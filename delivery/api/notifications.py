"""`/notifications`: search, and one message on one channel."""

from django.http import HttpRequest, HttpResponse

from delivery.errors import ErrorClass
from delivery.history import Filters, found, search
from notifications.api.shown import NotificationOut
from notifications.api.single import accept_direct
from notifications.requests import DirectRequest
from notifications.states import Shown, Status
from signalbus.api.filters import values
from signalbus.api.operations import Operation, choice, identifier, moment, text
from signalbus.api.pagination import PAGE_PARAMETERS, Page, paginate
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.bus.streams import Channel

FILTERS = (
    choice(
        "status", "Where it stands; sending, held and retrying are queued too.", [*Status, *Shown]
    ),
    choice("channel", "A delivery's channel.", list(Channel)),
    text("topic", "The kind of event."),
    text("recipient", "The recipient's id, as you gave it."),
    text("to", "A delivery's address."),
    text("provider", "The kind of provider that a delivery went through."),
    choice("error_class", "Why a delivery failed.", list(ErrorClass)),
    text("correlation_id", "As you gave it."),
    identifier("batch", "The batch it came in."),
    moment("created_after", "Accepted at that moment or later."),
    moment("created_before", "Accepted before that moment."),
)


class NotificationList(APIResource):
    """`/notifications`"""

    operations = {
        "get": Operation(
            summary="Search notifications",
            description="Newest first. Filters take exact values and may be combined.",
            answer=Page[NotificationOut],
            query=FILTERS + PAGE_PARAMETERS,
        ),
        "post": Operation(
            summary="Send one message on one channel",
            description="Without a policy: to an address or a recipient, with a template or texts. "
            "`subject`, `text` and `html` are Liquid, as a template's are. Pass what other people "
            "wrote as `data` and name it in the text, as in `{{ comment }}`; never paste it into "
            "the text, where it would be read as Liquid too.",
            body=DirectRequest,
            answer=NotificationOut,
            status=202,
            problems=("quota-exceeded", "busy"),
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = Filters(**values(request.GET, FILTERS))
        rows, older, newer = paginate(request, search(self.mode, wanted))
        shown = [each.answer() for each in found(rows)]
        return JSONAnswer(Page(results=shown, next=older, previous=newer))

    def post(self, request: HttpRequest) -> HttpResponse:
        return accept_direct(self)
