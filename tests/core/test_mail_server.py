"""The address of the mail server for Signalbus's own mail."""

import pytest

from signalbus.core.mail_server import MailServer, as_mail_server


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", MailServer()),
        ("smtp://mail.example.org", MailServer(host="mail.example.org", port=25)),
        (
            "smtp+tls://a%40b:p%2Fw@mail.example.org",
            MailServer(
                host="mail.example.org", port=587, user="a@b", password="p/w", starttls=True
            ),
        ),
        (
            "smtps://u@mail.example.org:4465",
            MailServer(host="mail.example.org", port=4465, user="u", tls=True),
        ),
    ],
)
def test_what_an_address_says(text: str, meant: MailServer) -> None:
    assert as_mail_server(text) == meant


@pytest.mark.parametrize(
    "text", ["mail.example.org", "https://u:hunter2@h", "smtp://", "smtp://u:hunter2@h:port"]
)
def test_what_is_no_address_is_told_without_its_password(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it like|port is no number") as told:
        as_mail_server(text)
    assert "hunter2" not in str(told.value)
