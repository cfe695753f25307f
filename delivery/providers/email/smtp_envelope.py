"""An e-mail as SMTP carries it: two addresses and the content as bytes."""

import re
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.policy import Compat32
from email.utils import parseaddr
from io import BytesIO
from typing import Any

from django.core.mail import EmailMessage
from django.utils.encoding import punycode

LINE_END = b"\r\n"
END_OF_DATA = b".\r\n"
BOUNDARY = 60  # of the 70 characters that RFC 2046, section 5.1.1 allows
FOLDED_BEYOND = 78  # characters of a line, RFC 5322, section 2.1.1
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


def envelope_of(mail: EmailMessage, return_path: str = "") -> Envelope:
    """The envelope of a mail to one recipient; bounces go to `return_path`, else to the sender.

    Raises ValueError for what no header can hold.
    """
    return Envelope(
        message_id=mail.extra_headers["Message-ID"],
        sender=_address(return_path or mail.from_email),
        recipient=_address(mail.to[0]),
        content=_stuffed(_bytes_of(mail)),
    )


class PlainHeaders(Compat32):
    """Writes short headers as they are; the library takes each of them apart to fold it."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        line = f"{name}: {value}"
        if len(line) <= FOLDED_BEYOND and line.isascii() and line.isprintable():
            return line.encode() + LINE_END
        return super().fold_binary(name, value)


PLAIN_HEADERS = PlainHeaders(linesep="\r\n")


def _bytes_of(mail: EmailMessage) -> bytes:
    """The whole mail with CRLF. A boundary of our own spares the library its search for one."""
    mime = mail.message()
    if mime.is_multipart():
        mime.set_boundary("=_" + NO_TOKEN.sub("", mail.extra_headers["Message-ID"])[:BOUNDARY])
    content = BytesIO()
    BytesGenerator(content, mangle_from_=False, policy=PLAIN_HEADERS).flatten(mime)
    return content.getvalue()


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
