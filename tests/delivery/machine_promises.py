"""What must be true after every act on a line, whatever the order of acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from delivery.models import DeadLetter
from delivery.pipeline.items import Call
from delivery.pipeline.worker import Worker
from notifications.models import Action, Delivery, Notification
from notifications.states import MOVES, OPEN, Status, status_of_all
from signalbus.bus.models import OutboxEntry
from signalbus.bus.purposes import Purpose
from signalbus.bus.streams import Channel
from tenants.context import in_tenant
from tests.delivery.machine_calls import Begun, calls_of
from tests.delivery.pipeline.kit import Line
from tests.door import Api

# Said here once more, lest a table that has lost a rule is only compared with itself.
FINAL = frozenset({Status.DELIVERED, Status.SKIPPED, Status.CANCELLED})


@dataclass(slots=True)
class Standing:
    """The tables as they are at a moment."""

    deliveries: Sequence[Delivery]
    statuses: Mapping[UUID, str]
    letters: frozenset[UUID]
    fallen: Sequence[UUID]
    claims: Mapping[UUID, UUID | None]  # of each place in the line


class Promises:
    """Who breaks one of them, fails. What the acts have done is written down for them."""

    api: Api
    line: Line
    workers: list[Worker]

    def __init__(self) -> None:
        self.sent: dict[UUID, list[Begun]] = {}  # by delivery
        self.accepted: set[UUID] = set()  # notifications
        self.states: dict[UUID, Status] = {}
        self.told: dict[UUID, Status] = {}  # what a receipt made of a delivery
        self.found: set[UUID] = set()  # of which a question has heard that they arrived
        self.by_hand: set[UUID] = set()  # settled so
        self.outdated: set[UUID] = set()  # attempts under way at a redrive
        self.heard: list[Call] = []  # questions whose attempt somebody else has heard of
        self.arrived: dict[UUID, set[UUID]] = {}  # notification → attempts then under way

    def check(self) -> None:
        """Raises AssertionError."""
        now = self._standing()
        self._check_the_line(now)
        self._check_what_is_shown(now)
        self._check_claims(now)
        for delivery in now.deliveries:
            self._check_move(delivery)
            self._check_truth(delivery)

    def check_begin(self, call: Call, claim: UUID | None) -> None:
        """No send without a claim, none again unmarked that may have got through, and no second
        text message but as a person or a policy asked."""
        assert call.message is not None
        doubtful = [each for each in self.sent.get(call.entry, ()) if not each.refused]
        assert claim == call.attempt or self._has_word(call.entry)
        assert not doubtful or call.message.possibly_repeated
        asked = call.item.facts.fell_over or all(each.excused for each in doubtful)
        assert asked or call.message.channel != Channel.SMS
        assert not self._is_in_vain(call)

    def _standing(self) -> Standing:
        with in_tenant(self.line.tenant):
            fallen = Action.objects.filter(verb="fall_over").values_list("deliveries", flat=True)
            letters = DeadLetter.objects.filter(redriven_at=None, acknowledged_at=None)
            found = Standing(
                deliveries=list(Delivery.objects.all()),
                statuses=dict(Notification.objects.values_list("id", "status")),
                letters=frozenset(letters.values_list("delivery_id", flat=True)),
                fallen=[delivery for (delivery,) in fallen],
                claims={},
            )
        entries = OutboxEntry.objects.exclude(stream="dead").exclude(purpose=Purpose.WATCH)
        found.claims = dict(entries.values_list("id", "claim"))
        return found

    def _check_the_line(self, now: Standing) -> None:
        """One place for each open delivery and none for a settled one; a delivery falls over once,
        and none is lost."""
        still_open = {each.id for each in now.deliveries if Status(each.status) in OPEN}
        assert set(now.claims) == still_open
        assert len(now.fallen) == len(set(now.fallen))
        assert set(now.statuses) == self.accepted == {e.notification_id for e in now.deliveries}

    def _check_what_is_shown(self, now: Standing) -> None:
        """A notification has the state of its deliveries; what gave up has its letter, and what is
        parked is listed."""
        assert now.statuses == _statuses(now.deliveries)
        assert now.letters == {each.id for each in now.deliveries if each.status == Status.DEAD}
        parked = {str(key) for key, status in now.statuses.items() if status == Status.UNKNOWN}
        if parked:
            answer = self.api.get("/notifications", {"status": "unknown", "limit": 100})
            assert {each["id"] for each in answer.body["results"]} == parked

    def _check_claims(self, now: Standing) -> None:
        """Only a receipt, a redrive after it, and the answer for a question's attempt to whoever
        sent it or asked before, take an entry from under a claim that holds."""
        for worker in self.workers:
            assert not calls_of(worker).wrong
            for call in calls_of(worker).under_way:
                if worker._claims.holds(call) and not self._is_over(call):
                    assert now.claims.get(call.entry) == call.attempt

    def _is_over(self, call: Call) -> bool:
        is_heard = any(call is each for each in self.heard)
        return is_heard or call.attempt in self.outdated or self._has_word(call.entry)

    def _check_move(self, delivery: Delivery) -> None:
        """Each move is legal, and what a receipt has told stays until there is another word."""
        before, status = self.states.get(delivery.id, Status.QUEUED), Status(delivery.status)
        assert status == before or status in MOVES[before], (before, status)
        assert status == before or before not in FINAL, (before, status)
        fell = delivery.fell_over or before != Status.SENT
        assert status != Status.QUEUED or fell, "sent once more, though nobody asked"
        told = self.told.get(delivery.id, status)
        assert status == told or (status == Status.DELIVERED and delivery.id in self.found)
        self.states[delivery.id] = status

    def _check_truth(self, delivery: Delivery) -> None:
        """Nothing is called sent that no provider has taken."""
        taken = any(each.taken for each in self.sent.get(delivery.id, ()))
        assert delivery.status != Status.SENT or taken or delivery.id in self.by_hand

    def _has_word(self, delivery: UUID) -> bool:
        """Whether a receipt has settled it, which may take its entry from under a claim."""
        return delivery in self.told or delivery in self.found

    def _is_in_vain(self, call: Call) -> bool:
        """Whether it was claimed in another's place when the notification had arrived."""
        with in_tenant(self.line.tenant):
            is_fallback = Delivery.objects.exclude(fallback_of=None).filter(id=call.entry).exists()
        known = self.arrived.get(call.item.facts.notification)
        return is_fallback and known is not None and call.attempt not in known


def _statuses(deliveries: Sequence[Delivery]) -> dict[UUID, str]:
    """Each notification's status, by those of its deliveries, one on each channel."""
    found: dict[UUID, dict[str, Status]] = {}
    for each in deliveries:
        channels = found.setdefault(each.notification_id, {})
        assert each.channel not in channels
        channels[each.channel] = Status(each.status)
    return {key: status_of_all(channels.values()) for key, channels in found.items()}
