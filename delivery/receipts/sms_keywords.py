"""What people ask for by one word in answer to an SMS: no more, more again, or help. Pure.

Sources, as of 2026: Twilio, "Twilio support for opt-out keywords" and the list of its Proxy
(https://www.twilio.com/docs/proxy/opt-out-keywords: ARRET, ARRETE, ARRETT); CTIA, "Messaging
Principles and Best Practices", section 5.1.3; FCC, 47 CFR 64.1200(a)(10) (stop, quit, end, revoke,
opt out, cancel, unsubscribe); AWS, "Required opt-out keywords" (ARRET, OPT-OUT, REMOVE, TD),
https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html. France's operators
want STOP itself. Nobody publishes a list for the other languages: theirs are what mail and SMS
there print for it, or the plain words for stop, cancel and sign off, taken for what they say.
"""

import string
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

LONGEST = 30  # characters; nothing longer is one of the words
AROUND = string.whitespace + string.punctuation + "\u00a0¡¿«»“”„"  # what may stand around a word


class Wish(StrEnum):
    """What somebody asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


# One table: language → wish → words, in any case, with or without accents. STOP is understood in
# every language, whatever the handset's owner speaks, since senders print it everywhere.
KEYWORDS: Mapping[str, Mapping[Wish, tuple[str, ...]]] = {
    "en": {
        Wish.STOP: (
            *("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE"),
            *("OPTOUT", "OPT OUT", "OPT-OUT", "REMOVE", "TD"),
        ),
        Wish.START: ("START", "YES", "UNSTOP"),
        Wish.HELP: ("HELP", "INFO"),
    },
    "fr": {
        Wish.STOP: ("ARRÊT", "ARRÊTE", "ARRÊTER", "ARRETT", "STOP SMS", "DÉSABONNER"),
        Wish.START: ("DÉBUT",),
        Wish.HELP: ("AIDE",),
    },
    "de": {
        Wish.STOP: ("STOPP", "ABMELDEN", "ABBESTELLEN"),
        Wish.START: ("ANMELDEN",),
        Wish.HELP: ("HILFE",),
    },
    "es": {
        Wish.STOP: ("BAJA", "PARAR", "ALTO", "CANCELAR"),
        Wish.START: ("ALTA", "INICIAR"),
        Wish.HELP: ("AYUDA",),
    },
    "pt": {
        Wish.STOP: ("PARAR", "SAIR", "CANCELAR", "REMOVER"),
        Wish.START: ("INICIAR", "COMEÇAR"),
        Wish.HELP: ("AJUDA",),
    },
    "it": {
        Wish.STOP: ("CANCELLA", "CANCELLAMI", "DISISCRIVI"),
        Wish.START: ("INIZIA",),
        Wish.HELP: ("AIUTO",),
    },
    "nl": {
        Wish.STOP: ("AFMELDEN", "UITSCHRIJVEN", "STOPPEN"),
        Wish.START: ("AANMELDEN",),
        Wish.HELP: ("HULP",),
    },
    "sv": {Wish.STOP: ("AVSLUTA", "AVREGISTRERA"), Wish.HELP: ("HJÄLP",)},
    "da": {Wish.STOP: ("AFMELD",), Wish.START: ("TILMELD",), Wish.HELP: ("HJÆLP",)},
    "nb": {Wish.STOP: ("AVMELD",), Wish.HELP: ("HJELP",)},
    "fi": {Wish.STOP: ("LOPETA",), Wish.START: ("ALOITA",), Wish.HELP: ("OHJE",)},
    "pl": {Wish.STOP: ("REZYGNUJĘ", "WYPISZ"), Wish.HELP: ("POMOC",)},
    "cs": {Wish.STOP: ("ODHLÁSIT",), Wish.HELP: ("POMOC",)},
    "tr": {Wish.STOP: ("IPTAL", "RET"), Wish.START: ("BAŞLAT",), Wish.HELP: ("YARDIM",)},
}


def plain(text: str) -> str:
    """The text without accents, in one case, and with single spaces."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in apart if not unicodedata.combining(each)).split())


def _by_word() -> Mapping[str, Wish]:
    """Word → wish. To be left alone goes before everything else that a word may mean."""
    pairs = [
        (plain(word), wish)
        for wish in (Wish.HELP, Wish.START, Wish.STOP)
        for wishes in KEYWORDS.values()
        for word in wishes.get(wish, ())
    ]
    return MappingProxyType(dict(pairs))


WISHES = _by_word()


def wish_of(text: str) -> Wish | None:
    """What the message asks for, if it consists of one of the words and nothing else."""
    word = text.strip(AROUND)
    return WISHES.get(plain(word)) if len(word) <= LONGEST else None
