"""An e-mail as SMTP carries it: two addresses and the content as bytes."""

import re
from dataclasses import dataclass
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.utils.encoding import punycode

LINE_END = b"\r\n"
END_OF_DATA = b".\r\n"
BOUNDARY = 60  # of the 70 characters that RFC 2046, section 5.1.1 allows
NO_TOKEN = re.compile(r"[^0-9A-Za-z.-]")
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f<>]")  # what would end the address or the command early


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`content` is ready for the wire: CRLF, dots doubled, and the end of the data after it."""

    message_id: str
    sender: str
    recipient: str
    content: bytes

    @property
    def is_ascii(self) -> bool:
        return self.sender.isascii() and self.recipient.isascii()


def envelope_of(mail: EmailMessage) -> Envelope:
    """The envelope of a mail to one recipient. Raises ValueError for what no header can hold."""
    return Envelope(
        message_id=mail.extra_headers["Message-ID"],
        sender=_address(mail.from_email),
        recipient=_address(mail.to[0]),
        content=_stuffed(_bytes_of(mail)),
    )


def _bytes_of(mail: EmailMessage) -> bytes:
    """The whole mail with CRLF. A boundary of our own spares the library its search for one."""
    mime = mail.message()
    if mime.is_multipart():
        mime.set_boundary("=_" + NO_TOKEN.sub("", mail.extra_headers["Message-ID"])[:BOUNDARY])
    content: bytes = mime.as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    return content


def _address(mailbox: str) -> str:
    """The address alone, its domain in ASCII. Raises ValueError where there is none."""
    local, at, domain = parseaddr(mailbox)[1].rpartition("@")
    if not (at and local and domain) or FORBIDDEN.search(local + domain):
        raise ValueError(f"There is no address in {mailbox!r}.")
    return f"{local}@{punycode(domain)}"


def _stuffed(content: bytes) -> bytes:
    """RFC 5321, section 4.5.2: a line that begins with a dot gets another one."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (END_OF_DATA if stuffed.endswith(LINE_END) else LINE_END + END_OF_DATA)
