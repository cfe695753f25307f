"""The shop's customers: made-up names, with addresses and numbers that nobody has.

The phone numbers are of a range that is kept for films: +33 6 39 98.
"""

from dataclasses import dataclass
from random import Random

from notifications.models import Contact, Recipient
from signalbus.bus.streams import Channel

FIRST = (
    *("Ana", "Bruno", "Chloé", "Daniel", "Elif", "Felix", "Greta", "Hugo", "Inès", "Jonas"),
    *("Katya", "Leo", "Mina", "Noah", "Olga", "Paul", "Rosa", "Sami", "Tove", "Yusuf"),
)
LAST = (
    *("Abel", "Berger", "Castel", "Dubois", "Engel", "Ferrand", "Girard", "Holm", "Ivanov"),
    *("Keller", "Laurent", "Marchand", "Novak", "Okafor", "Pereira", "Roux", "Silva", "Weiss"),
)
PLACES = (("en", "Europe/Dublin"), ("fr", "Europe/Paris"), ("fr", "Europe/Paris"))
HOSTS = ("example.org", "example.org", "example.com", "example.net", "mail.example.org")
UNACCENTED = str.maketrans("éè", "ee")
COUNT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody who buys books."""

    number: int
    name: str
    email: str
    phone: str
    locale: str
    time_zone: str

    @property
    def reference(self) -> str:
        """The shop's own id of them."""
        return f"customer-{self.number}"


def customers(random: Random) -> list[Customer]:
    """All of them, every one with another address."""
    names = [(first, last) for first in FIRST for last in LAST]
    return [_customer(1000 + 7 * at, *name, random) for at, name in enumerate(_some(names, random))]


def store(some: list[Customer]) -> dict[str, Recipient]:
    """Make them recipients; by the shop's own id."""
    rows = [
        Recipient(
            external_id=each.reference,
            locale=each.locale,
            time_zone=each.time_zone,
            attributes={"name": each.name.split()[0], "member": each.number % 3 == 0},
        )
        for each in some
    ]
    Recipient.objects.bulk_create(rows)
    known = {row.external_id: row for row in rows}
    Contact.objects.bulk_create(
        Contact(recipient=known[each.reference], channel=channel, address=address)
        for each in some
        for channel, address in ((Channel.EMAIL, each.email), (Channel.SMS, each.phone))
    )
    return known


def _some(names: list[tuple[str, str]], random: Random) -> list[tuple[str, str]]:
    return random.sample(names, COUNT)


def _customer(number: int, first: str, last: str, random: Random) -> Customer:
    locale, time_zone = random.choice(PLACES)
    local = f"{first}.{last}".lower().translate(UNACCENTED)
    return Customer(
        number=number,
        name=f"{first} {last}",
        email=f"{local}@{random.choice(HOSTS)}",
        phone=f"+3363998{number:04}",
        locale=locale,
        time_zone=time_zone,
    )
