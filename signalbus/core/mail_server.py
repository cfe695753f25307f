"""The mail server that Signalbus sends its own mail by, as one address names it. Pure."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

STARTTLS, TLS, PLAIN = "smtp+tls", "smtps", "smtp"
PORTS = {STARTTLS: 587, TLS: 465, PLAIN: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where it is and how it is spoken to; without a host there is none."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False

    def __str__(self) -> str:
        return self.host


def as_mail_server(raw: str) -> MailServer:
    """`smtp+tls://user:password@host:587`; smtps:// is TLS from the first byte, smtp:// none.

    Raises ValueError, which repeats nothing of it.
    """
    if not raw:
        return MailServer()
    parts = urlsplit(raw)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("write it like smtp+tls://user:password@mail.example.org:587")
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise ValueError("its port is no number; encode / ? # @ in a password, as %2F") from None
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == STARTTLS,
        tls=parts.scheme == TLS,
    )
